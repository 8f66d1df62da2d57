"""How a compose service runs: command, user, folder, health, restart, network mode, profiles, what it waits for."""

import shlex
from collections.abc import Iterator
from typing import Literal, get_args

from muster.core.secret_shapes.table import mask_secrets
from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.compose_variables import Resolved
from muster.nomad.domain.extractors.compose_yaml import ListNode, ScalarNode, is_true, mapping, scalar, scalars
from muster.nomad.domain.extractors.durations import parse_duration
from muster.nomad.domain.extractors.probes import probe
from muster.nomad.domain.facts import (
    CommandFact,
    DependsOnFact,
    Evidence,
    Fact,
    HealthFact,
    NetworkModeFact,
    ProfilesFact,
    RestartFact,
    UserFact,
    WorkdirFact,
)

Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]
_CONDITIONS: dict[str, Condition] = {one: one for one in get_args(Condition)}


def runtime_facts(service: Service) -> Iterator[Evidence]:
    """Everything of the service that is about its process."""
    yield from _command(service)
    yield from _one_word(service)
    yield from _health(service)
    yield from _depends_on(service)
    profiles = tuple(one.text for one in service.resolved(service.body.get("profiles")))
    if profiles:
        yield service.evidence(ProfilesFact(profiles=profiles), service.at("profiles"), "profiles of the service")


def start_words(service: Service) -> tuple[str, ...]:
    """The words that are started, as far as the service says them: entrypoint, then command."""
    return tuple(one.text for key in ("entrypoint", "command") for one in _words(service, key) or ())


def _words(service: Service, key: str) -> tuple[Resolved, ...] | None:
    """The words of `command` or `entrypoint`; None where the image's own stays, empty where it is cleared."""
    node = service.body.get(key)
    if isinstance(node, ListNode):
        return tuple(service.resolve(item) for item in node.items if isinstance(item, ScalarNode))
    if not isinstance(node, ScalarNode):
        return None
    resolved = service.resolve(node)
    return tuple(Resolved(word, node.at, resolved.missing, resolved.secret) for word in _split(resolved.text))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote that never ends
        return text.split()


def _command(service: Service) -> Iterator[Evidence]:
    command, entrypoint = _words(service, "command"), _words(service, "entrypoint")
    if command is None and entrypoint is None:
        return
    key = "command" if command is not None else "entrypoint"
    apart = service.at("entrypoint") if command is not None and entrypoint is not None else ""
    fact = CommandFact(command=_texts(command), entrypoint=_texts(entrypoint), entrypoint_at=apart)
    yield service.evidence(fact, service.at(key), f"`{key}` of the service")
    for one in (*(entrypoint or ()), *(command or ())):
        if not one.known:
            yield service.problem(f"its command stays as it is written: {one.why_not}", service.at(key))
            return


def _texts(words: tuple[Resolved, ...] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(word.text for word in words)


def _one_word(service: Service) -> Iterator[Evidence]:
    """Keys that hold one text, and the fact that each makes."""
    for key in ("user", "working_dir", "restart", "network_mode"):
        said = service.text(key)
        if said is not None and said.known and said.text:
            yield service.evidence(_fact(key, said.text), service.at(key), f"`{key}` of the service")
        elif said is not None:
            yield service.problem(f"{key} {said.text}: {said.why_not}", service.at(key))
    policy = scalar(service.section("deploy", "restart_policy").get("condition"))
    if policy is not None and service.body.get("restart") is None:
        word = {"any": "always", "none": "no"}.get(policy.text, policy.text)
        yield service.evidence(RestartFact(policy=word), policy.at, "`deploy.restart_policy` of the service")


def _fact(key: str, text: str) -> Fact:
    match key:
        case "user":
            number = text.partition(":")[0]
            uid = int(number[:10]) if number.isascii() and number.isdigit() else (0 if number == "root" else None)
            return UserFact(user=text, uid=uid)
        case "working_dir":
            return WorkdirFact(path=text)
        case "restart":
            return RestartFact(policy=text.partition(":")[0])
        case _:
            return NetworkModeFact(mode=text)


def _health(service: Service) -> Iterator[Evidence]:
    check = mapping(service.body.get("healthcheck"))
    test = check.get("test")
    words = (test.text,) if isinstance(test, ScalarNode) else tuple(one.text for one in scalars(test))
    at = service.at("healthcheck")
    if is_true(check.get("disable")) or words[:1] == ("NONE",):
        yield service.evidence(HealthFact(type="disabled"), at, "the health check is switched off")
    elif words:
        command = _check_words(service, words, isinstance(test, ScalarNode))
        fact = probe(command, service.environment.get, hosts=(service.name,))
        timing = {key: _seconds(service, key) for key in ("interval", "timeout", "start_period")}
        update = {f"{key}_s": value for key, value in timing.items()} | {"retries": _retries(service)}
        yield service.evidence(fact.model_copy(update=update), at, f"healthcheck {mask_secrets(' '.join(words))[:100]}")


def _check_words(service: Service, words: tuple[str, ...], is_text: bool) -> tuple[str, ...]:
    """The command of `test`: a text and CMD-SHELL run in a shell, CMD does not."""
    variables = service.project.variables
    known = [variables.resolve_text(word, "").text for word in words]
    if is_text or known[0] == "CMD-SHELL":
        return ("/bin/sh", "-c", " ".join(known if is_text else known[1:]))
    return tuple(known[1:] if known[0] == "CMD" else known)


def _seconds(service: Service, key: str) -> float | None:
    node = scalar(service.section("healthcheck").get(key))
    return parse_duration(service.resolve(node).text) if node else None


def _retries(service: Service) -> int | None:
    node = scalar(service.section("healthcheck").get("retries"))
    text = service.resolve(node).text if node else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _depends_on(service: Service) -> Iterator[Evidence]:
    waiting = service.section("depends_on")
    for name, body in waiting.items.items():
        at = waiting.key_at.get(name, waiting.at)
        said = scalar(mapping(body).get("condition"))
        yield from _waits_for(service, name, said.text if said else "service_started", at)
    for link in service.resolved(service.body.get("links")):
        name = link.text.partition(":")[0]
        if name not in waiting.items:
            yield from _waits_for(service, name, "service_started", link.at)


def _waits_for(service: Service, name: str, condition: str, at: str) -> Iterator[Evidence]:
    if name not in service.project.services:
        yield service.problem(f"it depends on {name[:60]!r}, which is no service of this file", at)
        return
    fact = DependsOnFact(service=name, condition=_CONDITIONS.get(condition, "service_started"))
    yield service.evidence(fact, at, f"depends_on {name}")
