"""Where a Fly app listens, and how its health is asked."""

from collections.abc import Iterator
from typing import Literal

from muster.nomad.domain.extractors.durations import parse_duration
from muster.nomad.domain.extractors.fly_app import FlyApp
from muster.nomad.domain.extractors.port_words import listening_port
from muster.nomad.domain.extractors.tables import Table, port, table, tables, text, texts
from muster.nomad.domain.facts import Evidence, HealthFact, PortFact
from muster.nomad.domain.port_forms import env_form

_CHECKS = (("checks", "http"), ("http_checks", "http"), ("tcp_checks", "tcp"))
_NOT_CARRIED = ("concurrency", "auto_stop_machines", "min_machines_running", "tls_options", "http_options")


def service_facts(app: FlyApp) -> Iterator[Evidence]:
    """The ports of `[http_service]` and `[[services]]`, their checks, and the checks of the whole app."""
    for place, service in _services(app):
        yield from _of_service(app, place, service)
    for name, check in table(app.data.get("checks")).items():
        kind = "tcp" if text(table(check).get("type")) == "tcp" else "http"
        at = f"checks.{name}"
        for unit in app.units(texts(table(check).get("processes"))):
            yield app.say(_health(kind, table(check), None), f"check {name}"[:80], at, "checks", unit=unit)


def _services(app: FlyApp) -> Iterator[tuple[str, Table]]:
    for service in tables(app.data.get("http_service")):
        yield "http_service", service
    for index, service in enumerate(tables(app.data.get("services"))):
        yield f"services[{index}]", service


def _of_service(app: FlyApp, place: str, service: Table) -> Iterator[Evidence]:
    number, at = port(service.get("internal_port")), f"{place}.internal_port"
    if service.get("internal_port") is not None and number is None:
        yield app.problem("an `internal_port` is no port", at, place)
    for unit in app.units(texts(service.get("processes"))):
        if number:
            fact = _port(app, number, "udp" if text(service.get("protocol")) == "udp" else "tcp")
            yield app.say(fact, f"`internal_port` of {place.partition('[')[0]}", at, place, unit=unit)
        for key, kind in _CHECKS:
            for check in tables(service.get(key)):
                where = (f"{place.partition('[')[0]}.{key}[0]", f"{place.partition('[')[0]}.{key}", place)
                yield app.say(_health(kind, check, number), f"{key} of the service", *where, unit=unit)
    left = [key for key in _NOT_CARRIED if service.get(key)]
    if left:
        said = f"not carried over from {place.partition('[')[0]} in fly.toml: {', '.join(left)}"
        yield app.problem(said, *(f"{place}.{key}" for key in left), place)


def _port(app: FlyApp, number: int, protocol: Literal["tcp", "udp"]) -> PortFact:
    """The port with the variable of `[env]` that tells the program to listen there."""
    said = ((name, text(value) or "") for name, value in table(app.data.get("env")).items())
    found = next(((name, value) for name, value in said if listening_port(name, value) == number), None)
    form = env_form(*found) if found else None
    return PortFact(port=number, protocol=protocol, env=found[0] if found else None, env_form=form)


def _health(kind: str, check: Table, number: int | None) -> HealthFact:
    http = kind == "http"
    return HealthFact(
        type="http" if http else "tcp",
        path=(text(check.get("path")) or "/") if http else None,
        port=port(check.get("port")) or number,
        interval_s=_seconds(check.get("interval")),
        timeout_s=_seconds(check.get("timeout")),
        start_period_s=_seconds(check.get("grace_period")),
    )


def _seconds(value: object) -> float | None:
    """A text says its unit; bare numbers are milliseconds."""
    if isinstance(value, str):
        return parse_duration(value)
    return value / 1000 if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else None
