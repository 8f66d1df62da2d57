"""Traefik's routes as services ask for them: `traefik.http.routers.NAME.rule=...` and what belongs to that router."""

import re
from collections.abc import Iterator, Mapping, Sequence

from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.routing.traefik_rules import parse_rule

PREFIX = "traefik."
_RULE = re.compile(r"traefik\.(http|tcp)\.routers\.([^.]+)\.rule")
_STRIP = "traefik.http.middlewares.{}.stripprefix.prefixes"


def traefik_routes(service: str, tags: Sequence[str]) -> tuple[Route, ...]:
    """The routes that a service asks for by a rule; each way to fit a rule is one.

    A service without a rule gets Traefik's default one, which no tag tells: it has none here.
    """
    told = {name.strip().lower(): value.strip() for name, _, value in (tag.partition("=") for tag in tags)}
    if told.get("traefik.enable", "true").lower() == "false":
        return ()
    return tuple(
        route
        for name in told
        if (found := _RULE.fullmatch(name))
        for route in _routes(service, found[1], name.removesuffix(".rule"), told)
    )


def _routes(service: str, kind: str, router: str, told: Mapping[str, str]) -> Iterator[Route]:
    rule, priority = told[f"{router}.rule"], told.get(f"{router}.priority", "")
    for case in parse_rule(rule):
        yield Route(
            service=service,
            router="traefik",
            host=case.host,
            path="/" if case.path is None else case.path,
            protocol="tcp" if kind == "tcp" else "http",
            matcher=case.matcher,
            strip=_strip(told, router),
            entry_points=_listed(told.get(f"{router}.entrypoints", "")),
            priority=int(priority) if re.fullmatch(r"\d{1,9}", priority) else None,
            rule=rule,
            whole=case.whole,
        )


def _strip(told: Mapping[str, str], router: str) -> str:
    """The first prefix that a middleware of the router strips."""
    used = (one.partition("@")[0].lower() for one in _listed(told.get(f"{router}.middlewares", "")))
    prefixes = (prefix for name in used for prefix in _listed(told.get(_STRIP.format(name), "")))
    return next(prefixes, "")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())
