"""Which ports a service opens, and whether it opens any: a port is never invented where nothing listens."""

from collections.abc import Iterable, Sequence

from muster.core.evidence import Sourced
from muster.nomad.domain.commands import command_kind
from muster.nomad.domain.facts import BuildFact, CommandFact, EnvFact, FrameworkFact, HealthFact, PortFact, WorkloadFact
from muster.nomad.domain.merge.ranked import Ranked, disagreement, mapped
from muster.nomad.domain.port_forms import env_form
from muster.nomad.domain.profile import RUN_ORIGINS, Conflict, Origin

Ports = tuple[Sourced[PortFact], ...]

_RUN = (*RUN_ORIGINS, "dockerfile")
"""What really is run: these outweigh what the code could also be."""


def merge_ports(about: Ranked) -> Ports:
    """The ports of the surest source that names any; else where its framework or health check says it listens."""
    said = [one for one in about.all(PortFact) if _exists(one.value.port)]
    if not said:
        return tuple(_with_procfile(one, about) for one in _framework_port(about) or _health_port(about))
    top = [one for one in said if one.source == said[0].source]
    unique = {one.value.port: one for one in reversed(top)}
    order = dict.fromkeys(one.value.port for one in top)
    named = (_with_variable(unique[port], said, alone=len(unique) == 1) for port in order)
    return tuple(_with_form(one, about) for one in named)


def _with_procfile(one: Sourced[PortFact], about: Ranked) -> Sourced[PortFact]:
    """The only port with the variable PORT, where a Procfile's line is what starts and reads it."""
    built = any(command.source == "dockerfile" for command in about.all(CommandFact))
    reads = any(fact.value.name == "PORT" and fact.source == "procfile" for fact in about.all(EnvFact))
    if one.value.env or built or not reads:
        return one
    return mapped(one, one.value.model_copy(update={"env": "PORT"}))


def merge_listens(about: Ranked, ports: Ports) -> Sourced[bool] | None:
    """Whether it opens a port: yes where one is known, no for workers, bots and what ends by itself."""
    if ports:
        return mapped(ports[0], True)
    opening = [one for one in about.all(FrameworkFact) if one.value.listens]
    quiet = _quiet(about)
    if opening and not any(one.source in _RUN for one in quiet):
        return mapped(opening[0], True)
    silent = [*quiet, *(mapped(one, False) for one in about.all(FrameworkFact))]
    return _by_command(about) or next(iter(silent), None)


def port_conflicts(about: Ranked) -> tuple[Conflict, ...]:
    """Sources that name different ports altogether."""
    said = about.all(PortFact)
    named = {one.value.port for one in said if one.source == said[0].source}
    apart = [one for one in said[1:] if one.value.port not in named]
    return disagreement(about.service, "port", [*said[:1], *apart], lambda fact: str(fact.port))


def heard(about: Ranked, *, elsewhere: bool) -> Ranked:
    """What counts for this service's ports, health and kind of work.

    A service that starts something else than its code is about, and opens no port of its own, is not what the lower
    sources describe: a worker beside the server, when its command says so, or when another service (`elsewhere`)
    publishes the ports of the same build.
    """
    command = next((one for one in about.all(CommandFact) if one.source in _RUN), None)
    given = command is not None and command.source in RUN_ORIGINS
    lowest: tuple[Origin, ...] = ("example", "code", "model")
    lower: tuple[Origin, ...] = ("dockerfile", *lowest) if given or elsewhere else lowest
    kind = command_kind((*(command.value.entrypoint or ()), *(command.value.command or ()))) if command else None
    told = command is not None and any(one.source == command.source and not one.value for one in _quiet(about))
    other = kind in ("worker", "batch") or (kind is None and (told or elsewhere))
    return about.without(*lower) if other and not about.without(*lower).all(PortFact) else about


def published_elsewhere(about: Ranked, others: Iterable[Ranked]) -> bool:
    """Whether another service of the same build publishes ports."""
    build = about.first(BuildFact)
    return build is not None and any(
        other.service != about.service
        and (theirs := other.first(BuildFact)) is not None
        and theirs.value == build.value
        and any(port.source in RUN_ORIGINS for port in other.all(PortFact))
        for other in others
    )


def _with_variable(one: Sourced[PortFact], said: Sequence[Sourced[PortFact]], *, alone: bool) -> Sourced[PortFact]:
    """The port with the variable that sets it, where any source knows it."""
    if one.value.env:
        return one
    told = [other.value for other in said if other.value.env and (alone or other.value.port == one.value.port)]
    update = {"env": told[0].env, "env_form": told[0].env_form} if told else {}
    return mapped(one, one.value.model_copy(update=update))


def _with_form(one: Sourced[PortFact], about: Ranked) -> Sourced[PortFact]:
    """The port with the form of its variable: as somebody sets it, else as the port's source knows it, else as another
    place of the code does."""
    name = one.value.env
    if name is None:
        return one
    values = [fact for fact in about.all(EnvFact) if fact.value.name == name]
    ports = [port.value.env_form for port in about.all(PortFact) if port.value.env == name]
    forms = (
        *(env_form(name, fact.value.value) for fact in values if fact.source != "code"),
        *(one.value.env_form, *ports),
        *(env_form(name, fact.value.value) for fact in values if fact.source == "code"),
    )
    form = next((form for form in forms if form), None)
    return mapped(one, one.value.model_copy(update={"env_form": form}))


def _framework_port(about: Ranked) -> Ports:
    known = [one for one in about.all(FrameworkFact) if one.value.listens and _exists(one.value.default_port)]
    if not known or any(one.source in _RUN for one in _quiet(about)):
        return ()
    return (mapped(known[0], PortFact(port=known[0].value.default_port or 0)),)


def _health_port(about: Ranked) -> Ports:
    known = [one for one in about.all(HealthFact) if _exists(one.value.port) and one.value.type in ("http", "tcp")]
    return (mapped(known[0], PortFact(port=known[0].value.port or 0)),) if known else ()


def _exists(port: int | None) -> bool:
    return port is not None and 0 < port < 65536


def _quiet(about: Ranked) -> list[Sourced[bool]]:
    """Signs of work that opens no port."""
    kinds = ("worker", "batch", "periodic")
    return [mapped(one, False) for one in about.all(WorkloadFact) if one.value.workload in kinds]


def _by_command(about: Ranked) -> Sourced[bool] | None:
    for one in about.all(CommandFact):
        kind = command_kind((*(one.value.entrypoint or ()), *(one.value.command or ())))
        if kind:
            return mapped(one, kind == "server")
    return None
