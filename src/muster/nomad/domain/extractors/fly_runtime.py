"""What a Fly app runs: image or Dockerfile, environment, the commands of its processes, how it is stopped."""

from collections.abc import Iterator
from posixpath import normpath

from muster.nomad.domain.env_vars import env_fact, looks_secret
from muster.nomad.domain.extractors.durations import parse_duration
from muster.nomad.domain.extractors.fly_app import FlyApp
from muster.nomad.domain.extractors.shell_line import command_words
from muster.nomad.domain.extractors.tables import table, text, texts, whole
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    ContainerFact,
    Evidence,
    ImageFact,
    NameFact,
    WorkloadFact,
)
from muster.nomad.domain.names import safe_name

_MOST_VARIABLES = 1000
# What a job of ours has no place for; it is named, not carried.
_NOT_CARRIED = ("primary_region", "swap_size_mb", "statics", "files", "metrics", "restart", "console_command")


def runtime_facts(app: FlyApp) -> Iterator[Evidence]:
    """Everything but services, mounts and machines."""
    name = text(app.data.get("app"))
    if name and name == safe_name(name, fallback=""):  # else something fills it in
        yield app.say(NameFact(name=name), "the Fly app's name", "app")
    yield from _image(app)
    yield from _environment(app)
    yield from _commands(app)
    yield from _stopping(app)
    yield from _told(app)


def _image(app: FlyApp) -> Iterator[Evidence]:
    build = table(app.data.get("build"))
    image = text(build.get("image"))
    if image and not any(letter.isspace() for letter in image):
        for unit in (app.unit, *map(app.process_unit, app.others)):
            yield app.say(ImageFact(image=image), "`build.image`", "build.image", "build", unit=unit)
    target = text(build.get("build-target")) or text(build.get("target"))
    args = {key: value for key, one in table(build.get("args")).items() if (value := text(one)) is not None}
    if app.dockerfile is None and build.get("dockerfile"):
        yield app.problem("its Dockerfile is outside of the repository", "build.dockerfile", "build")
    elif app.dockerfile and (build.get("dockerfile") or target or args):
        known = {key: value for key, value in args.items() if not looks_secret(key, value)}
        fact = BuildFact(context=normpath(app.file.folder), dockerfile=app.dockerfile, target=target, args=known)
        for unit in (app.unit, *map(app.process_unit, app.others)):
            yield app.say(fact, "`[build]`", "build.dockerfile", "build", unit=unit)


def _environment(app: FlyApp) -> Iterator[Evidence]:
    for name, value in list(table(app.data.get("env")).items())[:_MOST_VARIABLES]:
        if name and text(value) is not None:
            yield app.say(env_fact(name, text(value)), "`[env]`", f"env.{name}", "env")


def _commands(app: FlyApp) -> Iterator[Evidence]:
    for name, line in app.processes.items():
        main = name == app.main
        unit = app.unit if main else app.process_unit(name)
        reason = f"process {name}"
        yield app.say(CommandFact(command=command_words(line)), reason, f"processes.{name}", "processes", unit=unit)
        if not main:
            fact = WorkloadFact(workload="worker")
            yield app.say(fact, f"{reason}, beside {app.main}", f"processes.{name}", "processes", unit=unit)
    experimental = table(app.data.get("experimental"))
    command, entrypoint = (texts(experimental.get(key)) or None for key in ("cmd", "entrypoint"))
    if (command or entrypoint) and not app.processes:
        yield app.say(CommandFact(command=command, entrypoint=entrypoint), "`[experimental]`", "experimental")


def _stopping(app: FlyApp) -> Iterator[Evidence]:
    signal, timeout = text(app.data.get("kill_signal")), app.data.get("kill_timeout")
    seconds = parse_duration(timeout) if isinstance(timeout, str) else whole(timeout)
    if signal or seconds:
        lines = {"stop_signal": app.at("kill_signal"), "stop_grace_period": app.at("kill_timeout")}
        fact = ContainerFact(stop_signal=signal, stop_grace_s=seconds or None, lines=lines)
        yield app.say(fact, "`kill_signal` and `kill_timeout`", "kill_signal", "kill_timeout")


def _told(app: FlyApp) -> Iterator[Evidence]:
    release = text(table(app.data.get("deploy")).get("release_command"))
    if release:
        said = f"`{release[:100]}` is run before each release: run it by hand, or by a task that runs before"
        yield app.problem(said, "deploy.release_command", "deploy")
    left = [key for key in _NOT_CARRIED if app.data.get(key)]
    if left:
        yield app.problem(f"not carried over from fly.toml: {', '.join(left)}", *left)
