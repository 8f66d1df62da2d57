"""Where a Dockerfile's image listens: EXPOSE, the start command, PORT in the environment, else what its base does."""

from collections.abc import Iterator

from muster.nomad.domain.backing import bare_name
from muster.nomad.domain.extractors.dockerfile_bases import base_port
from muster.nomad.domain.extractors.dockerfile_image import Image, Said
from muster.nomad.domain.extractors.dockerfile_speaker import Speaker
from muster.nomad.domain.extractors.port_words import LISTENING_VARIABLE, parse_ports
from muster.nomad.domain.extractors.start_commands import CommandPort, command_ports
from muster.nomad.domain.extractors.substitution import Expanded
from muster.nomad.domain.facts import Evidence, PortFact


def image_ports(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    """The ports, the surest first: a command that says `--port` outweighs EXPOSE, which only documents; a known
    default counts where nothing else speaks."""
    said = tuple(_by_command(image, speaker, default=False))
    exposed = tuple(evidence for one in image.ports for evidence in _exposed(image, one, speaker))
    named = {one.fact.port for one in said if isinstance(one.fact, PortFact)}
    yield from said
    yield from (one for one in exposed if not (isinstance(one.fact, PortFact) and one.fact.port in named))
    if not any(isinstance(one.fact, PortFact) for one in (*said, *exposed)):
        yield from _first(
            _by_variable(image, speaker), _by_command(image, speaker, default=True), _by_base(image, speaker)
        )


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
        fact = PortFact(port=port, protocol=ports.protocol, env=_variable(image, word, port))
        yield speaker.evidence(fact, said.line, f"EXPOSE {word.text}", said.stage)


def _variable(image: Image, word: Expanded, port: int) -> str | None:
    """The variable that sets the port: the one that EXPOSE names, or PORT and the like where it has this value."""
    if len(word.used) == 1 and word.used[0] in image.env:
        return word.used[0]
    same = [name for name in image.env if image.value_at_run_time(name) == str(port)]
    return next((name for name in same if LISTENING_VARIABLE.fullmatch(name)), None)


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
                yield _command_port(found, last, speaker)


def _commands(image: Image) -> tuple[tuple[str, ...], ...]:
    """ENTRYPOINT with CMD as its arguments, and CMD alone, since many entry points are scripts that `exec "$@"`."""
    command = image.command.texts if image.command else ()
    if image.entrypoint is None:
        return (command,)
    if not image.entrypoint.exec:
        return (image.entrypoint.texts,)
    return (image.entrypoint.texts + command, command)


def _command_port(found: CommandPort, said: Said, speaker: Speaker) -> Evidence:
    reason = f"{found.said} listens on {found.port} unless told" if found.default else f"{found.said} in the command"
    fact = PortFact(port=found.port, env=found.env)
    return speaker.evidence(fact, said.line, reason, said.stage, confidence=0.5 if found.default else 0.9)


def _by_variable(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    for name, said in image.env.items():
        ports = parse_ports(said.words[0].text)
        if LISTENING_VARIABLE.fullmatch(name) and not isinstance(ports, str) and ports.first == ports.last:
            fact = PortFact(port=ports.first, env=name)
            yield speaker.evidence(fact, said.line, f"ENV {name}={ports.first}", said.stage, confidence=0.7)


def _by_base(image: Image, speaker: Speaker) -> Iterator[Evidence]:
    """What the base image listens on, if it still starts what it starts by itself."""
    port = base_port(image.base.text)
    words = " ".join(word for command in _commands(image) for word in command)
    if port is not None and (not words or bare_name(image.base.text) in words):
        reason = f"the base image {image.base.text} listens on {port}"
        yield speaker.evidence(PortFact(port=port), image.line, reason, confidence=0.4)
