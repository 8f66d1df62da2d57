"""The environment of a compose service: `environment`, then the files that `env_file` names."""

from collections.abc import Iterator
from itertools import chain

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.compose_service import MOST_VARIABLES, Service
from muster.nomad.domain.extractors.compose_variables import Resolved
from muster.nomad.domain.extractors.compose_yaml import MapNode, Node, ScalarNode, elements, mapping, scalar
from muster.nomad.domain.extractors.dotenv import Assignment, parse_dotenv
from muster.nomad.domain.facts import EnvFact, Evidence

_MOST_FILES = 20


def environment_facts(service: Service) -> Iterator[Evidence]:
    """One fact a variable; `environment` wins over files, a later file over an earlier one."""
    own = service.section("environment")
    if len(own.items) > MOST_VARIABLES:
        yield service.problem(f"only its first {MOST_VARIABLES} variables are read", own.at)
    for name, node in list(own.items.items())[:MOST_VARIABLES]:
        yield _own(service, name, node, own.key_at.get(name, own.at))
    from_files: dict[str, Evidence] = {}
    items = elements(service.body.get("env_file"))[:_MOST_FILES]
    for one in chain.from_iterable(_of_file(service, item) for item in items):
        if not isinstance(one.fact, EnvFact):
            yield one
        elif one.fact.name not in own.items:
            from_files[one.fact.name] = one
    yield from from_files.values()


def _own(service: Service, name: str, node: Node, at: str) -> Evidence:
    if not name:
        return service.problem("environment: a variable without a name", at)
    if not isinstance(node, ScalarNode):
        return service.problem(f"environment {name[:60]!r} is no text", at)
    if node.is_null:
        return _passed_through(service, name, at)
    return _given(service, name, service.resolve(node), at)


def _given(service: Service, name: str, value: Resolved, at: str) -> Evidence:
    if value.secret:
        reason = f"environment of the service; takes {', '.join(value.secret)}, a secret"
        return service.evidence(env_fact(name, None, required=bool(value.missing), secret=True), at, reason)
    if value.missing:
        reason = f"environment of the service; takes {', '.join(value.missing)}, which nothing here gives a value"
        return service.evidence(env_fact(name, None, required=True), at, reason)
    return service.evidence(env_fact(name, value.text), at, f"environment of the service{value.note}")


def _passed_through(service: Service, name: str, at: str) -> Evidence:
    value = service.project.variables.values.get(name)
    reason = (
        f"environment of the service, from {service.project.variables.example or '.env'}"
        if value is not None
        else "passed through from the host"
    )
    return service.evidence(env_fact(name, value), at, reason)


def _of_file(service: Service, item: Node) -> Iterator[Evidence]:
    """The variables of one file, whose path is a text or stands in a mapping."""
    named = scalar(item.get("path")) if isinstance(item, MapNode) else scalar(item)
    if named is None:
        return
    resolved = service.resolve(named)
    path = service.project.path(resolved.text)
    file = service.project.files.get(path)
    if file is not None:
        for one in parse_dotenv(file.text):
            if not one.commented:
                yield _from_file(service, one, file.at(one.line))
    elif scalar(mapping(item).get("required")) is None:
        yield service.problem(
            f"env_file {resolved.text}: not in the repository, or ignored by git; its variables are unknown", named.at
        )


def _from_file(service: Service, one: Assignment, at: str) -> Evidence:
    value = Resolved(one.value, at) if one.literal else service.project.variables.resolve_text(one.value, at)
    if value.known:
        return service.evidence(env_fact(one.name, value.text), at, "env_file of the service", confidence=0.9)
    return _given(service, one.name, value, at)
