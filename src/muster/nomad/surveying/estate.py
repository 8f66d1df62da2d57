"""Asks every service around the cluster at once what there is; one that is away is told, and the others count."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from muster.core.clock import Clock
from muster.core.errors import ServiceError
from muster.core.observability.tracing import span
from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.convention_texts import read_conventions
from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.domain.estate.vault_paths import Subject, convention_paths, usual_folders
from muster.nomad.ports import Catalog, Estate, Router, Secrets
from muster.nomad.surveying.secrets import SecretSearch

BUDGET_S = 10.0
"""How long all services together may take."""

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Survey:
    """What was found, and what went wrong or is incomplete, a sentence each."""

    facts: EstateFacts
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One service's share of the facts, or why there is none."""

    facts: dict[str, Any]
    warnings: tuple[str, ...] = ()
    away: str = ""

    @classmethod
    def gone(cls, error: ServiceError, facts: dict[str, Any] | None = None, warnings: tuple[str, ...] = ()) -> Self:
        """A service that is away; what it said before counts."""
        return cls(facts or {}, warnings, error.message)


def survey_estate(
    estate: Estate, subject: Subject, conventions_path: str, clock: Clock, *, budget_s: float = BUDGET_S
) -> Survey:
    """What there is, within `budget_s` seconds. Raises nothing that a service did wrong."""
    deadline = clock.monotonic_s() + budget_s

    def is_late() -> bool:
        return clock.monotonic_s() >= deadline

    pool = ThreadPoolExecutor(max_workers=4)
    conventions = _start(pool, lambda: _conventions(estate.catalog, conventions_path))
    asked = (
        ("consul", conventions),
        ("consul", _start(pool, lambda: _catalog(estate.catalog, subject))),
        ("router", _start(pool, lambda: _routes(estate.router))),
        ("vault", _start(pool, lambda: _secrets(estate.secrets, conventions, subject, is_late))),
    )
    wait([answer for _, answer in asked], timeout=budget_s)
    pool.shutdown(wait=False, cancel_futures=True)
    late = _Part({}, away=f"no answer within {budget_s:g} s")
    return _joined([(name, answer.result() if answer.done() else late) for name, answer in asked])


def _start(pool: ThreadPoolExecutor, ask: Callable[[], _Part]) -> Future[_Part]:
    """In a thread whose spans belong to ours."""
    return pool.submit(copy_context().run, ask)


def _joined(parts: Sequence[tuple[str, _Part]]) -> Survey:
    away = {name: part.away for name, part in reversed(parts) if part.away}
    found = {key: value for _, part in parts for key, value in part.facts.items()}
    missing = tuple(f"{name} is not asked further: {reason}" for name, reason in away.items())
    said = tuple(warning for _, part in parts for warning in part.warnings)
    return Survey(EstateFacts.model_validate({**found, "away": away}), (*missing, *said))


def _conventions(catalog: Catalog | None, key: str) -> _Part:
    if catalog is None:
        return _Part({})
    try:
        with span("load_conventions", kind="tool", input=key) as current:
            stored = catalog.value(key)
            found = read_conventions(stored.text) if stored else None
            current.output(found or "none")
            if isinstance(found, tuple):
                current.warn(f"{len(found)} problems")
    except ServiceError as error:
        return _Part.gone(error)
    if isinstance(found, tuple):
        said = (f"the conventions at consul:{key} are left out: {'; '.join(map(str, found))}",)
        return _Part({}, said)
    return _Part({"conventions": found})


def _catalog(catalog: Catalog | None, subject: Subject) -> _Part:
    if catalog is None:
        return _Part({})
    try:
        services: tuple[CatalogService, ...] = catalog.services()
        prefixes = [f"{start}{app}/" for app in subject.apps for start in ("", "config/")]
        keys = dict.fromkeys(key for prefix in prefixes for key in catalog.keys(prefix) if not key.endswith("/"))
        filtered = catalog.filtered()
    except ServiceError as error:
        return _Part.gone(error)
    said = (f"Consul: {filtered}",) if filtered else ()
    return _Part({"services": services, "config_keys": tuple(keys)}, said)


def _routes(router: Router | None) -> _Part:
    if router is None:
        return _Part({})
    try:
        routes: tuple[Route, ...] = router.routes()
    except ServiceError as error:
        return _Part.gone(error)
    return _Part({"routes": routes})


def _secrets(vault: Secrets | None, read: Future[_Part], subject: Subject, is_late: Callable[[], bool]) -> _Part:
    """Waits for the conventions, which know best where to look."""
    if vault is None:
        return _Part({})
    search = SecretSearch(vault, is_late)
    conventions: Conventions | None = read.result().facts.get("conventions")
    mounts: tuple[SecretMount, ...] = ()
    try:
        with span("list_secrets", kind="tool") as current:
            search.look_up(convention_paths(conventions, subject))
            mounts = vault.mounts()
            search.look_into(usual_folders(mounts, subject))
            current.output(list(search.found))
    except ServiceError as error:
        return _Part.gone(error, _held(mounts, search), search.warnings())
    return _Part(_held(mounts, search), search.warnings())


def _held(listed: Sequence[SecretMount], search: SecretSearch) -> dict[str, Any]:
    """What Vault holds; a token that may read a secret need not see its engine in a list."""
    secrets = tuple(search.found.values())
    within = (SecretMount(path=one.mount, version=one.version) for one in secrets)
    return {"mounts": tuple(dict.fromkeys((*listed, *within))), "secrets": secrets}
