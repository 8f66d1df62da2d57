"""The user's word over the analysis: wishes of the prompt, then answers. Nothing outranks it."""

from collections.abc import Container, Mapping
from typing import TypeVar

from muster.core.evidence import Sourced
from muster.core.gates.questions import AnswerValue
from muster.nomad.domain.decisions.answers import answered
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.facts import HealthFact, PortFact
from muster.nomad.domain.profile import Analysis, EnvEntry, JobKind, ServiceProfile
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.values import Part

ValueT = TypeVar("ValueT")


class Decisions(Part):
    """All that a spec is built from: the analysis with the user's word in it, and where the job should run."""

    analysis: Analysis
    namespace: Sourced[str] | None = None
    region: Sourced[str] | None = None
    datacenters: Sourced[tuple[str, ...]] | None = None
    estate: EstateFacts | None = None


def apply_answers(
    analysis: Analysis, wishes: Wishes, answers: Mapping[str, AnswerValue], estate: EstateFacts | None = None
) -> Decisions:
    """The analysis with the wishes and the answers; `estate` tells which answered places exist.

    Raises UsageError for a secret's value instead of its place.
    """
    wished = apply_wishes(analysis, wishes)
    services = tuple(_running_on(answered(service, wished.services, answers, estate)) for service in wished.services)
    return Decisions(
        analysis=wished.model_copy(update={"services": services}),
        namespace=wishes.namespace,
        region=wishes.region,
        datacenters=wishes.datacenters,
        estate=estate,
    )


def apply_wishes(analysis: Analysis, wishes: Wishes) -> Analysis:
    """The analysis with what the prompt asks for: of the whole application its name, a variable's place of every
    service that has the variable, the rest of its main service."""
    main = analysis.main()
    known = {entry.name for one in analysis.services for entry in one.env}
    services = tuple(
        _with_places(_wished(one, wishes) if one is main else one, wishes, known if one is main else None)
        for one in analysis.services
    )
    return analysis.model_copy(update={"name": wishes.name or analysis.name, "services": services})


def _wished(service: ServiceProfile, wishes: Wishes) -> ServiceProfile:
    plain = {
        "image": wishes.image,
        "replicas": wishes.count,
        "static_port": wishes.static_port,
        "job": wishes.job,
        "cron": wishes.cron,
        "network_mode": wishes.network_mode,
        "route": wishes.route,
        "route_tags": wishes.tags,
        "cpu_mhz": wishes.cpu_mhz,
        "memory_mb": wishes.memory_mb,
    }
    changes: dict[str, object] = {field: wish for field, wish in plain.items() if wish is not None}
    return service.model_copy(update=changes | _port(service, wishes) | _health(wishes))


def _with_places(service: ServiceProfile, wishes: Wishes, known: Container[str] | None) -> ServiceProfile:
    """The service with the places of its variables; `known` is given to the one that takes what no service knows."""
    wish = wishes.places
    if wish is None:
        return service
    own = {entry.name: entry for entry in service.env}
    for name, text in wish.value.items():
        if name in own or (known is not None and name not in known):
            own[name] = _placed(own.get(name) or EnvEntry(name=name), text, wish)
    return service.model_copy(update={"env": tuple(own.values())})


def _placed(entry: EnvEntry, text: str, wish: Sourced[dict[str, str]]) -> EnvEntry:
    secret = entry.secret or not text.startswith("consul:")
    given: dict[str, object] = {"value": None, "place": text, "assigned": False, "secret": secret, "confidence": 1.0}
    return entry.model_copy(
        update=given | {"optional": False, "origin": "user", "where": wish.where, "reason": wish.reason}
    )


def _running_on(service: ServiceProfile) -> ServiceProfile:
    """The service; what the user says to listen does not end by itself, whatever its restart policy let us think."""
    by_restart = service.restart is not None and service.job.where == service.restart.where
    listens = service.listens
    if not by_restart or service.job.source == "user" or not (listens and listens.value and listens.source == "user"):
        return service
    job = Sourced[JobKind](value="service", source="user", where=listens.where, reason="it listens")
    return service.model_copy(update={"job": job})


def _port(service: ServiceProfile, wishes: Wishes) -> dict[str, object]:
    wish = wishes.port
    if wish is None:
        return {}
    told = service.ports[0].value if service.ports else PortFact(port=0)
    port = PortFact(port=wish.value, env=told.env, env_form=told.env_form)
    return {"ports": (_like(wish, port),), "listens": _like(wish, True)}


def _health(wishes: Wishes) -> dict[str, object]:
    wish = wishes.health_path
    return {"health": _like(wish, HealthFact(type="http", path=wish.value))} if wish else {}


def _like(wish: Sourced[int] | Sourced[str], value: ValueT) -> Sourced[ValueT]:
    return Sourced(value=value, source=wish.source, where=wish.where, reason=wish.reason)
