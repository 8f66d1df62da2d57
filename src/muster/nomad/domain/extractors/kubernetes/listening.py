"""Where a container listens, and how its health is asked."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from muster.nomad.domain.commands import command_kind
from muster.nomad.domain.extractors.compose_yaml import MapNode, ScalarNode, elements, mapping, scalar, scalars
from muster.nomad.domain.extractors.kubernetes.container import Container
from muster.nomad.domain.extractors.port_words import LISTENING_VARIABLE, listening_port
from muster.nomad.domain.extractors.probes import probe
from muster.nomad.domain.extractors.start_commands import command_ports
from muster.nomad.domain.facts import Evidence, HealthFact, PortFact
from muster.nomad.domain.port_forms import env_form

_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_MOST_PORTS = 100


def port_facts(container: Container, sent_to: Iterable[tuple[int, str, str]]) -> Iterator[Evidence]:
    """The ports, those first that Services send to (`sent_to`: port, place, reason); else what its command says."""
    declared = dict(_declared(container))
    said: dict[int, Evidence] = {}
    for number, at, reason in sent_to:
        at = declared[number].at if number in declared else at
        said.setdefault(number, container.say(_port(container, number, declared), at, reason))
    for number, node in declared.items():
        said.setdefault(number, container.say(_port(container, number, declared), node.at, "containerPort"))
    yield from said.values() or _by_command(container)
    for node in elements(container.body.get("ports"))[:_MOST_PORTS]:
        host = mapping(node).get("hostPort")
        if host is not None:
            yield container.problem("hostPort: a port on the node is fixed only where you ask for it", node.at)


def named_port(container: MapNode, name: str) -> int | None:
    """The port that a name or a number means in this container."""
    if name.isascii() and name.isdigit():
        return _number(name)
    for node in elements(container.get("ports"))[:_MOST_PORTS]:
        named, number = (scalar(mapping(node).get(key)) for key in ("name", "containerPort"))
        if named and number and named.text == name:
            return _number(number.text)
    return None


def declares(container: MapNode, number: int) -> bool:
    """Whether the container names this port itself."""
    return any(
        (found := scalar(mapping(node).get("containerPort"))) is not None and found.text == str(number)
        for node in elements(container.get("ports"))[:_MOST_PORTS]
    )


def health_facts(container: Container) -> Iterator[Evidence]:
    """The readiness probe, else the liveness probe, else the one of its start; how long a start may take."""
    probes = [(key, mapping(node)) for key in _PROBES if (node := container.body.get(key)) is not None]
    for key, body in probes[:1]:
        fact = _asked(container, body)
        if fact is None:
            yield container.problem(f"{key}: nothing here can ask so", container.at(key))
            return
        starting = next((one for name, one in probes if name == "startupProbe"), None)
        start_s = _patience(starting) if starting else _seconds(body, "initialDelaySeconds")
        update = {
            "interval_s": _seconds(body, "periodSeconds"),
            "timeout_s": _seconds(body, "timeoutSeconds"),
            "start_period_s": start_s,
            "retries": int(_seconds(body, "failureThreshold") or 0) or None,
        }
        yield container.say(fact.model_copy(update=update), container.at(key), f"{key} of the container")


def _declared(container: Container) -> Iterator[tuple[int, MapNode]]:
    for node in elements(container.body.get("ports"))[:_MOST_PORTS]:
        found = scalar(mapping(node).get("containerPort"))
        number = _number(found.text) if found else None
        if number and isinstance(node, MapNode):
            yield number, node


def _port(container: Container, number: int, declared: dict[int, MapNode]) -> PortFact:
    environment = container.environment
    protocol = scalar(declared[number].get("protocol")) if number in declared else None
    kind: Literal["tcp", "udp"] = "udp" if protocol and protocol.text.upper() == "UDP" else "tcp"
    told = [name for name, value in environment.items() if listening_port(name, value) == number]
    told += [name for name, value in environment.items() if LISTENING_VARIABLE.fullmatch(name) and value == str(number)]
    name = told[0] if told else None
    form = env_form(name, environment[name]) if name else None
    return PortFact(port=number, protocol=kind, env=name, env_form=form)


def _by_command(container: Container) -> Iterator[Evidence]:
    """What its command says, else a variable that tells a program where to listen."""
    words = (*(container.words("command") or ()), *(container.words("args") or ()))
    if command_kind(words) in ("worker", "batch"):
        return
    found = command_ports(words, container.environment.get)
    for one in found:
        fact = PortFact(port=one.port, env=one.env, env_form=one.env_form)
        key = "args" if container.body.get("args") is not None else "command"
        yield container.say(fact, container.at(key), one.reason, confidence=0.5 if one.default else 0.9)
    for name, value in container.environment.items() if not found else ():
        number = listening_port(name, value)
        if number is not None:
            fact = PortFact(port=number, env=name, env_form=env_form(name, value))
            yield container.say(fact, container.variables[name].at, f"{name}={value}"[:150], confidence=0.7)


def _asked(container: Container, body: MapNode) -> HealthFact | None:
    http, tcp, grpc = (mapping(body.get(key)) for key in ("httpGet", "tcpSocket", "grpc"))
    if http.items:
        path, scheme = scalar(http.get("path")), scalar(http.get("scheme"))
        if scheme is not None and scheme.text.upper() == "HTTPS":
            return HealthFact(type="tcp", port=_at_port(container, http))
        said = path.text if path else "/"
        return HealthFact(
            type="http", path=said if said.startswith("/") else f"/{said}", port=_at_port(container, http)
        )
    if tcp.items or grpc.items:
        return HealthFact(type="tcp", port=_at_port(container, tcp if tcp.items else grpc))
    words = [node.text for node in scalars(mapping(body.get("exec")).get("command"))]
    return probe(words, container.environment.get) if words else None


def _at_port(container: Container, asked: MapNode) -> int | None:
    node = scalar(asked.get("port"))
    return named_port(container.body, node.text) if isinstance(node, ScalarNode) else None


def _patience(starting: MapNode) -> float:
    """How long a start may take, by the probe that waits for it; Kubernetes tries three times, every 10 s."""
    return (_seconds(starting, "failureThreshold") or 3) * (_seconds(starting, "periodSeconds") or 10)


def _seconds(body: MapNode, key: str) -> float | None:
    node = scalar(body.get(key))
    return float(node.text) if node and re.fullmatch(r"\d{1,6}", node.text) else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,5}", text) and 0 < int(text) < 65536 else None
