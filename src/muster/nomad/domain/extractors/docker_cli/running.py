"""What a `docker run` line says about the container that it starts."""

import math
import re
from collections.abc import Iterator

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.compose_resources import MHZ_PER_CPU, memory_mb
from muster.nomad.domain.extractors.docker_cli.commands import Run
from muster.nomad.domain.extractors.docker_cli.options import Options
from muster.nomad.domain.extractors.port_words import parse_ports
from muster.nomad.domain.extractors.start_commands import SHELLS
from muster.nomad.domain.facts import (
    CommandFact,
    Fact,
    NetworkModeFact,
    PortFact,
    PrivilegeFact,
    ResourcesFact,
    RestartFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
)

_TRIAL = re.compile(
    r"(?:^|[-_./])(?:dev|develop|test|tests|lint|shell|bash|debug|check|fmt|format|e2e|bench)(?:$|[-_./])"
)
_NUMBER = re.compile(r"\d{0,5}\.?\d{1,6}")
_MORE_RIGHTS = ("--cap-add", "--device", "--pid", "--ipc", "--uts", "--add-host", "--security-opt")


def is_trial(run: Run) -> bool:
    """Whether a human plays with the image: a shell in it, a target called `test` or `dev`."""
    interactive = bool(run.command) and run.command[0].rpartition("/")[2] in SHELLS
    return interactive or _TRIAL.search(run.part) is not None


def run_facts(run: Run) -> Iterator[Fact]:
    """Each option that means something for a job; values with variables that nobody sets are passed over."""
    options = run.options
    yield from _ports(options)
    yield from _environment(options)
    yield from _volumes(options)
    yield from _privileges(options)
    yield from _settings(options)
    entrypoint = options.one("--entrypoint")
    if run.command or entrypoint:
        yield CommandFact(
            command=_known(run.command) or None, entrypoint=tuple(entrypoint.split()) if entrypoint else None
        )


def _ports(options: Options) -> Iterator[Fact]:
    for text in options.every("-p", "--publish"):
        rest, slash, protocol = text.partition("/")
        outside, _, inside = rest.rpartition(":")
        ports, published = parse_ports(inside + slash + protocol), outside.rpartition(":")[2]
        if isinstance(ports, str):
            continue
        for port in ports:
            number = int(published) if published.isascii() and published.isdigit() and len(published) < 6 else None
            yield PortFact(port=port, protocol=ports.protocol, published=number)


def _environment(options: Options) -> Iterator[Fact]:
    for text in options.every("-e", "--env"):
        name, equals, value = text.partition("=")
        if name.isidentifier():
            yield env_fact(name, value if equals and "$" not in value else None)


def _volumes(options: Options) -> Iterator[Fact]:
    for text in options.every("-v", "--volume"):
        source, _, rest = text.partition(":")
        path, _, mode = rest.partition(":")
        if not rest:
            yield VolumeFact(path=source)
        elif source.startswith((".", "/", "~", "$")):
            yield VolumeFact(path=path, source=source, type="bind", read_only=mode == "ro")
        else:
            yield VolumeFact(path=path, source=source, type="named", read_only=mode == "ro")


def _privileges(options: Options) -> Iterator[Fact]:
    if options.has("--privileged"):
        yield PrivilegeFact(privilege="privileged")
    for name in _MORE_RIGHTS:
        for value in options.every(name):
            yield PrivilegeFact(privilege=name.lstrip("-").replace("-", "_"), detail=value)


def _settings(options: Options) -> Iterator[Fact]:
    cpus, memory, gpus = options.one("--cpus"), options.one("-m", "--memory"), options.one("--gpus")
    size = ResourcesFact(
        cpu_mhz=math.ceil(float(cpus) * MHZ_PER_CPU) if cpus and _NUMBER.fullmatch(cpus) else None,
        memory_mb=memory_mb(memory) if memory else None,
        gpus=(int(gpus) if gpus.isdigit() and len(gpus) < 3 else 1) if gpus else None,
    )
    if size != ResourcesFact():
        yield size
    network, user = options.one("--network", "--net"), options.one("-u", "--user")
    if network == "host":
        yield NetworkModeFact(mode=network)
    if user and "$" not in user:
        uid = user.partition(":")[0]
        yield UserFact(user=user, uid=int(uid) if uid.isdigit() and len(uid) < 10 else None)
    workdir, restart = options.one("-w", "--workdir"), options.one("--restart")
    if workdir and "$" not in workdir:
        yield WorkdirFact(path=workdir)
    if restart:
        yield RestartFact(policy=restart)


def _known(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a command, none where one of them is not known."""
    return () if any("$" in word for word in words) else words
