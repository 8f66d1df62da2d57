"""Where a compose service listens: `ports`, `expose`, else what its command says."""

from collections.abc import Iterator
from itertools import chain

from muster.nomad.domain.commands import command_kind
from muster.nomad.domain.extractors.compose_runtime import start_words
from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.compose_yaml import MapNode, Node, ScalarNode, elements, scalar
from muster.nomad.domain.extractors.port_words import Ports, listening_port, parse_ports
from muster.nomad.domain.extractors.start_commands import command_ports
from muster.nomad.domain.facts import Evidence, PortFact
from muster.nomad.domain.port_forms import env_form

_MOST_PORTS = 200


def port_facts(service: Service) -> Iterator[Evidence]:
    """Each port inside the container once; a command's ports only where `ports` and `expose` say nothing."""
    seen: set[tuple[int, str]] = set()
    for one in chain(_of_list(service, "ports"), _of_list(service, "expose")):
        key = (one.fact.port, one.fact.protocol) if isinstance(one.fact, PortFact) else None
        if key is None or key not in seen:
            yield one
        if key is not None:
            seen.add(key)
        if len(seen) >= _MOST_PORTS:
            yield service.problem(f"only its first {_MOST_PORTS} ports are read", service.body.at)
            return
    if not seen and command_kind(start_words(service)) not in ("worker", "batch"):
        yield from tuple(_by_command(service)) or _by_variable(service)


def _of_list(service: Service, key: str) -> Iterator[Evidence]:
    for node in elements(service.body.get(key)):
        yield from _entry(service, key, node)


def _entry(service: Service, key: str, node: Node) -> Iterator[Evidence]:
    if isinstance(node, MapNode):
        target, published = _text(service, node, "target"), _text(service, node, "published")
        protocol = _text(service, node, "protocol")
        text = f"{published}:{target}" if published else target
        yield from _port(service, key, target + (f"/{protocol}" if protocol else ""), published, text, node.at)
    elif isinstance(node, ScalarNode):
        text = service.resolve(node).text.strip()
        inside, protocol, published = _short(text)
        yield from _port(service, key, inside + protocol, published, text, node.at)


def _short(text: str) -> tuple[str, str, str]:
    """`[IP:][PUBLISHED:]PORT[/PROTOCOL]` as port, `/protocol`, published port."""
    rest, slash, protocol = text.partition("/") if "${" not in text else (text, "", "")
    outside, _, inside = rest.rpartition(":")
    return inside, slash + protocol, outside.rpartition(":")[2]


def _port(service: Service, key: str, inside: str, published: str, text: str, at: str) -> Iterator[Evidence]:
    ports = parse_ports(inside)
    if isinstance(ports, str):
        yield service.problem(f"{key} {text!r}: {inside!r} {ports}", at)
        return
    outside = parse_ports(published) if published else ""
    for offset, port in enumerate(ports):
        name = service.listening_variables.get(str(port))
        fact = PortFact(
            port=port,
            protocol=ports.protocol,
            published=_published(outside, ports, offset),
            env=name,
            env_form=env_form(name, service.environment[name]) if name else None,
        )
        yield service.evidence(fact, at, f"{key} {text!r}{_only_local(text)}")


def _published(outside: Ports | str, inside: Ports, offset: int) -> int | None:
    """The port on the host; none where the range outside is another one than inside, from which Docker picks."""
    if isinstance(outside, str) or outside.last - outside.first != inside.last - inside.first:
        return None
    return outside.first + offset


def _only_local(text: str) -> str:
    return ", open on the host's loopback only" if text.startswith(("127.0.0.1:", "[::1]:", "localhost:")) else ""


def _by_command(service: Service) -> Iterator[Evidence]:
    key = "command" if service.body.get("command") is not None else "entrypoint"
    for found in command_ports(start_words(service), service.environment.get):
        fact = PortFact(port=found.port, env=found.env, env_form=found.env_form)
        yield service.evidence(fact, service.at(key), found.reason, confidence=0.5 if found.default else 0.9)


def _by_variable(service: Service) -> Iterator[Evidence]:
    own = service.section("environment")
    for name, value in service.environment.items():
        port = listening_port(name, value)
        if port is not None:
            fact = PortFact(port=port, env=name, env_form=env_form(name, value))
            at = own.key_at.get(name, own.at)
            yield service.evidence(fact, at, f"{name}={value} in the environment", confidence=0.7)


def _text(service: Service, node: MapNode, key: str) -> str:
    found = scalar(node.get(key))
    return service.resolve(found).text.strip() if found else ""
