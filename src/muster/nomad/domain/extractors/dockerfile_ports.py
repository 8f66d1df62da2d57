"""Where a Dockerfile's image listens: EXPOSE, the start command, PORT in the environment, else what its base does."""

from collections.abc import Iterable, Iterator
from itertools import chain

from muster.nomad.domain.backing import bare_name
from muster.nomad.domain.extractors.dockerfile_bases import base_image, base_port
from muster.nomad.domain.extractors.dockerfile_image import Image, Said
from muster.nomad.domain.extractors.dockerfile_speaker import Speaker
from muster.nomad.domain.extractors.port_words import LISTENING_VARIABLE, listening_port, parse_ports
from muster.nomad.domain.extractors.start_commands import CommandPort, command_ports
from muster.nomad.domain.extractors.substitution import Expanded
from muster.nomad.domain.facts import Evidence, PortFact
from muster.nomad.domain.port_forms import env_form


def image_ports(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    """The ports, the surest first. A command that says `--port`, or PORT in the environment, is what really listens;
    EXPOSE only documents; a known default counts where nothing else speaks."""
    sure = _distinct((*_by_command(image, speaker, default=False), *_by_variable(image, speaker)))
    exposed = [evidence for one in image.ports for evidence in _exposed(image, one, speaker)]
    documented = _distinct(exposed)
    ports = {port: one for port, one in documented.items() if port not in sure}
    yield from sure.values()
    yield from (one for one in exposed if not isinstance(one.fact, PortFact))
    if len(sure) == 1 and len(documented) == len(ports) == 1:
        ((told, _),), (other,) = sure, ports.values()
        yield speaker.problem(f"{other.reason} is passed over, since it listens on {told}", _line(other))
    else:
        yield from ports.values()
    if not sure and not ports:
        yield from _first(
            _by_likely_variable(image, speaker), _by_command(image, speaker, default=True), _by_base(image, speaker)
        )


def _line(evidence: Evidence) -> int:
    return int(evidence.where.rpartition(":")[2])


def _distinct(found: Iterable[Evidence]) -> dict[tuple[int, str], Evidence]:
    """The first evidence of each port and protocol."""
    kept: dict[tuple[int, str], Evidence] = {}
    for one in found:
        if isinstance(one.fact, PortFact):
            kept.setdefault((one.fact.port, one.fact.protocol), one)
    return kept


def _first(*groups: Iterator[Evidence]) -> tuple[Evidence, ...]:
    return next((found for found in map(tuple, groups) if found), ())


def _exposed(image: Image, said: Said, speaker: Speaker) -> Iterator[Evidence]:
    for word in said.words:
        if word.missing:
            yield speaker.problem(f"EXPOSE {word.text}: nothing gives {word.missing[0]} a value", said.line)
            continue
        for text in word.text.split():
            yield from _ports(image, said, word, text.rpartition(":")[2], speaker)


def _ports(image: Image, said: Said, word: Expanded, text: str, speaker: Speaker) -> Iterator[Evidence]:
    ports = parse_ports(text)
    if isinstance(ports, str):
        yield speaker.problem(f"EXPOSE {word.text}: {text!r} {ports}", said.line)
        return
    for port in ports:
        name = _variable(image, word, port)
        fact = PortFact(port=port, protocol=ports.protocol, env=name, env_form=_form(image, name))
        yield speaker.evidence(fact, said.line, f"EXPOSE {word.text}", said.stage)


def _variable(image: Image, word: Expanded, port: int) -> str | None:
    """The variable that sets the port: the one that EXPOSE names, else one that has its value."""
    return word.used[0] if len(word.used) == 1 and word.used[0] in image.env else _variable_of(image, port)


def _variable_of(image: Image, port: int) -> str | None:
    """PORT, LISTEN_ADDR or the like, where it has this value."""
    given = {name: image.value_at_run_time(name) or "" for name in image.env}
    same = (name for name, value in given.items() if value == str(port) and LISTENING_VARIABLE.fullmatch(name))
    addresses = (name for name, value in given.items() if listening_port(name, value) == port)
    return next(chain(same, addresses), None)


def _form(image: Image, name: str | None) -> str | None:
    return env_form(name, image.value_at_run_time(name)) if name else None


def _by_command(image: Image, speaker: Speaker, *, default: bool) -> Iterator[Evidence]:
    """Ports in ENTRYPOINT and CMD; with `default`, those that a known server listens on unless told."""
    last = image.command or image.entrypoint
    if last is None:
        return
    seen: set[int] = set()
    for words in _commands(image):
        for found in command_ports(words, image.value_at_run_time):
            if found.default == default and found.port not in seen:
                seen.add(found.port)
                yield _command_port(image, found, last, speaker)
    yield from _by_script(image, speaker, default=default)


def _by_script(image: Image, speaker: Speaker, *, default: bool) -> Iterator[Evidence]:
    """Ports in the commands that a start script ends in."""
    script = image.script
    if script is None:
        return
    for line, words in script.commands:
        for found in command_ports(words, lambda name: image.value_at_run_time(name) or script.defaults.get(name)):
            if found.default == default:
                fact = PortFact(port=found.port, env=found.env, env_form=found.env_form)
                sure = 0.5 if default else 0.9
                yield speaker.evidence(fact, line, found.reason, confidence=sure, path=script.path)


def _commands(image: Image) -> tuple[tuple[str, ...], ...]:
    """ENTRYPOINT with CMD as its arguments, and CMD alone, since many entry points are scripts that `exec "$@"`."""
    command = image.command.texts if image.command else ()
    if image.entrypoint is None:
        return (command,)
    if not image.entrypoint.exec:
        return (image.entrypoint.texts,)
    return (image.entrypoint.texts + command, command)


def _command_port(image: Image, found: CommandPort, said: Said, speaker: Speaker) -> Evidence:
    name = found.env or _variable_of(image, found.port)
    fact = PortFact(port=found.port, env=name, env_form=found.env_form or _form(image, name))
    return speaker.evidence(fact, said.line, found.reason, said.stage, confidence=0.5 if found.default else 0.9)


def _by_variable(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    """Variables that can only mean the application's own port: PORT, LISTEN_ADDR."""
    for name, said in image.env.items():
        port = listening_port(name, said.words[0].text)
        if port is not None:
            fact = PortFact(port=port, env=name, env_form=_form(image, name))
            yield speaker.evidence(fact, said.line, f"ENV {name}={said.words[0].text}", said.stage, confidence=0.8)


def _by_likely_variable(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    """Variables that may mean another's port as well: SERVER_PORT, API_PORT."""
    for name, said in image.env.items():
        ports = parse_ports(said.words[0].text)
        if LISTENING_VARIABLE.fullmatch(name) and not isinstance(ports, str) and ports.first == ports.last:
            fact = PortFact(port=ports.first, env=name)
            yield speaker.evidence(fact, said.line, f"ENV {name}={ports.first}", said.stage, confidence=0.6)


def _by_base(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    """What the base image listens on, if it still starts what it starts by itself."""
    port = base_port(image.base.text)
    words = " ".join(word for command in _commands(image) for word in command)
    known = base_image(image.base.text)
    if port is not None and (not words or bare_name(image.base.text) in words or (known and known.keeps_port)):
        reason = f"the base image {image.base.text} listens on {port}"
        yield speaker.evidence(PortFact(port=port), image.line, reason, confidence=0.4)
