"""What a variable says about something that the service talks to: a neighbour in the job, or a service of Consul.

`REDIS_HOST` is the neighbour's name where compose runs one: the job turns it into an address. Of a database or a queue
the URL holds credentials, so that it is a secret.
"""

import re
from dataclasses import dataclass

from muster.nomad.domain.backing import BACKING_IMAGES, backing_image
from muster.nomad.domain.env.cells import Cell, Suggestion
from muster.nomad.domain.env.secret_places import suggest_secret
from muster.nomad.domain.env.surroundings import Surroundings
from muster.nomad.domain.estate.matching import health_of, service_for, similar_services, spellings
from muster.nomad.domain.profile import ServiceProfile

_NAME = re.compile(
    r"(?P<what>[A-Z][A-Z0-9_]*?)_?(?P<part>HOSTNAME|HOST|SERVER|PORT|URL|URI|DSN|ADDRESS|ADDR|ENDPOINT)", re.IGNORECASE
)
_WITH_CREDENTIALS = frozenset({"postgres", "mysql", "mongodb", "rabbitmq", "mssql"})
_DATABASES = ("postgres", "mysql", "mongodb", "mssql")
_CALLED = {
    **dict.fromkeys(("db", "database", "sql", "pg"), _DATABASES),
    **dict.fromkeys(("cache", "session", "queue"), ("redis", "memcached")),
    **dict.fromkeys(("amqp", "rabbit", "broker", "celerybroker", "celeryresult"), ("rabbitmq", "redis")),
    **dict.fromkeys(("es", "elastic", "search"), ("elasticsearch",)),
}
"""Words that name a kind of dependency and not a product."""
_SIMILAR = 0.3
"""How sure a service of the catalog is whose name only holds that of what is needed."""


@dataclass(frozen=True)
class _Asked:
    """What the name asks for (`HOST`, `PORT`, a URL), of what."""

    part: str
    dependency: str
    neighbour: ServiceProfile | None


def suggest_need(name: str, around: Surroundings) -> Suggestion | None:
    """What the variable is if it names something that is there; None for any other."""
    asked = _asked(name, around)
    if asked is None:
        return None
    if asked.part not in ("HOST", "PORT") and asked.dependency in _WITH_CREDENTIALS:
        found = suggest_secret(name, around)
        return found and found.model_copy(
            update={"reason": f"it holds credentials of {asked.dependency}; {found.reason}"}
        )
    if asked.neighbour:
        return _of_neighbour(asked, asked.neighbour)
    return _of_catalog(asked, around) if asked.dependency else None


def _asked(name: str, around: Surroundings) -> _Asked | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    what = found["what"].replace("_", "").lower()
    part = {"HOSTNAME": "HOST", "SERVER": "HOST"}.get(found["part"].upper(), found["part"].upper())
    reached = [one for one in around.others if one.hosts and one.ports]
    named = next((one for one in reached if one.unit_name.replace("-", "").replace("_", "").lower() == what), None)
    dependency = _serves(named) if named else _dependency(what, around)
    serving = next((one for one in reached if dependency and _serves(one) == dependency), None)
    return _Asked(part, dependency, named or serving)


def _dependency(what: str, around: Surroundings) -> str:
    """Which of the things that it talks to, or that run beside it, the name means."""
    known = {one.value.service for one in around.service.dependencies} | {_serves(one) for one in around.others}
    products = {one for word in (what, *_CALLED.get(what, ())) for one in spellings(word)}
    return next((one for one in sorted(known) if one in products), "")


def _serves(service: ServiceProfile) -> str:
    image = backing_image(service.image.value) if service.image else None
    return image.serves if image else ""


def _of_neighbour(asked: _Asked, other: ServiceProfile) -> Suggestion:
    host, port = other.hosts[0], other.ports[0].value.port
    scheme = asked.dependency if asked.dependency in ("redis", "nats") else "http"
    text = {"HOST": host, "PORT": str(port)}.get(asked.part, f"{host}:{port}")
    if asked.part in ("URL", "URI", "ENDPOINT", "DSN"):
        text = f"{scheme}://{text}"
    return Suggestion(cell=Cell(value=text), confidence=0.8, reason=f"{other.name} runs in this job")


def _of_catalog(asked: _Asked, around: Surroundings) -> Suggestion | None:
    exact, similar = service_for(asked.dependency, around.estate), similar_services(asked.dependency, around.estate)
    service = exact or next(iter(similar), None)
    port = next((one.port for one in BACKING_IMAGES if one.serves == asked.dependency), None)
    if service is None or (port is None and asked.part != "HOST"):
        return None
    host = f"{service.name}.service.consul"
    text = {"HOST": host, "PORT": str(port)}.get(asked.part, f"{host}:{port}")
    if asked.part in ("URL", "URI", "ENDPOINT", "DSN"):
        text = f"{asked.dependency if asked.dependency in ('redis', 'nats') else 'http'}://{text}"
    if exact is None:
        reason = f"{health_of(service)}, and {asked.dependency} is needed: only its name is similar"
        return Suggestion(cell=Cell(value=text), confidence=_SIMILAR, reason=reason)
    return Suggestion(
        cell=Cell(value=text), confidence=0.6, reason=f"{health_of(service)}; the job asks Consul for its address"
    )
