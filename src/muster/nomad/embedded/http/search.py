"""Search over HTTP: what begins with a prefix, and what contains a text."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.access.permissions import Permissions
from muster.nomad.embedded.http.answering import json_answer, read_headers
from muster.nomad.embedded.http.asking import BadRequest, body, namespace
from muster.nomad.embedded.http.desk import Desk, desk_of
from muster.nomad.embedded.http.guarding import DENIED, permissions
from muster.nomad.embedded.http.scaling import scaling_policies
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.store import Table

Json = dict[str, Any]
TRUNCATE_AT = 20
SHORTEST_TEXT = 2


@dataclass(frozen=True)
class Found:
    """A match: what is shown, and where it is (namespace, job, group, task)."""

    name: str
    scope: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """One kind of thing that can be searched: who may, where it is kept, its ids with their namespaces."""

    table: Table
    may: Callable[[Permissions, str], bool]
    identifiers: Callable[[Desk], Iterable[tuple[str, str]]]


def _capability(name: str) -> Callable[[Permissions, str], bool]:
    return lambda allowed, space: allowed.namespace(space, name)


def _rows(rows: dict[str, Any]) -> Iterator[tuple[str, str]]:
    return ((key, row.namespace) for key, row in sorted(rows.items()))


CONTEXTS: dict[str, Context] = {
    "allocs": Context(
        "allocs",
        _capability("read-job"),
        lambda d: ((key, a.job.namespace) for key, a in sorted(d.store.allocations.items())),
    ),
    "deployment": Context("deployment", _capability("read-job"), lambda d: _rows(d.store.deployments)),
    "evals": Context("evals", _capability("read-job"), lambda d: _rows(d.store.evaluations)),
    "jobs": Context("jobs", _capability("read-job"), lambda d: ((name, space) for space, name in sorted(d.store.jobs))),
    "namespaces": Context(
        "namespaces",
        lambda allowed, _: allowed.management,
        lambda d: ((name, "") for name in sorted(d.store.objects["namespaces"])),
    ),
    "nodes": Context(
        "nodes", lambda allowed, _: allowed.reads("node"), lambda d: ((n.id, "") for n in d.host.cluster.nodes)
    ),
    "scaling_policy": Context(
        "jobs",
        _capability("list-scaling-policies"),
        lambda d: ((p["ID"], p["Target"]["Namespace"]) for p in scaling_policies(d.store)),
    ),
    "volumes": Context(
        "csi_volumes",
        _capability("csi-list-volume"),
        lambda d: ((v["ID"], v["Namespace"]) for v in d.store.objects.get("csi_volumes", {}).values()),
    ),
}
PREFIX_ONLY = ("deployment", "evals", "scaling_policy", "volumes")


async def search_prefix(request: Request) -> Response:
    """POST /v1/search"""
    sent, desk = await body(request), desk_of(request)
    prefix = str(sent.get("Prefix") or "")
    matches: dict[str, Any] = {}
    truncated: dict[str, bool] = {}
    asked = _asked(request, sent)
    for name in asked:
        found = [match.name for match in _prefixed(request, desk, name, prefix)]
        matches[name], truncated[name] = found[:TRUNCATE_AT] or None, len(found) > TRUNCATE_AT
    return _answer(desk, asked, matches, truncated)


async def search_text(request: Request) -> Response:
    """POST /v1/search/fuzzy"""
    sent, desk = await body(request), desk_of(request)
    text = str(sent.get("Text") or "")
    asked = _asked(request, sent)
    if len(text) < SHORTEST_TEXT:
        said = f"fuzzy search query must be at least {SHORTEST_TEXT} characters, got {len(text)}"
        raise BadRequest(500, said)
    matches: dict[str, list[Found]] = {}
    truncated = dict.fromkeys(asked, False)
    for name in asked:
        if name in PREFIX_ONLY:
            matches[name] = _prefixed(request, desk, name, text)
    for kind, match in _containing(request, desk, asked, text.lower()):
        matches.setdefault(kind, []).append(match)
    shown = {kind: [_shown(match) for match in found[:TRUNCATE_AT]] for kind, found in matches.items()}
    truncated |= {kind: True for kind, found in matches.items() if len(found) > TRUNCATE_AT}
    return _answer(desk, asked, shown, truncated)


def _shown(match: Found) -> Json:
    return {"ID": match.name, **({"Scope": list(match.scope)} if match.scope else {})}


def _asked(request: Request, sent: Json) -> list[str]:
    """The contexts to look in. Raises BadRequest for one that is none or that the token may not see."""
    wanted = str(sent.get("Context") or "all")
    allowed, space = permissions(request), namespace(request)
    if wanted != "all" and wanted not in CONTEXTS:
        raise BadRequest(500, f"context must be one of {' '.join(sorted(CONTEXTS))} or all for all contexts")
    names = [name for name in CONTEXTS if wanted in ("all", name)]
    seen = [name for name in names if space == "*" or CONTEXTS[name].may(allowed, space)]
    if not seen:
        raise BadRequest(403, DENIED)
    return seen


def _prefixed(request: Request, desk: Desk, name: str, prefix: str) -> list[Found]:
    visible = _visible(request, name)
    return [Found(i) for i, space in CONTEXTS[name].identifiers(desk) if i.startswith(prefix) and visible(space)]


def _visible(request: Request, name: str) -> Callable[[str], bool]:
    wanted, allowed = namespace(request), permissions(request)
    return lambda space: not space or (CONTEXTS[name].may(allowed, space) if wanted == "*" else space == wanted)


def _containing(request: Request, desk: Desk, asked: list[str], text: str) -> Iterator[tuple[str, Found]]:
    for kind, match in _named(request, desk, asked):
        if text in match.name.lower():
            yield kind, match


def _named(request: Request, desk: Desk, asked: list[str]) -> Iterator[tuple[str, Found]]:
    """All that can be found by a part of its name."""
    store, visible = desk.store, _visible(request, "jobs")
    found: dict[str, Iterable[tuple[str, Found]]] = {
        "nodes": (("nodes", Found(node.name, (node.id,))) for node in desk.host.cluster.nodes),
        "namespaces": (("namespaces", Found(name)) for name in store.objects["namespaces"]),
        "allocs": (
            ("allocs", Found(a.name, (a.job.namespace, a.id)))
            for a in store.allocations.values()
            if visible(a.job.namespace)
        ),
        "jobs": (match for job in store.jobs.values() if visible(job.namespace) for match in _of_job(job)),
    }
    for name in asked:
        yield from found.get(name, ())


def _of_job(job: Job) -> Iterator[tuple[str, Found]]:
    where = (job.namespace, job.id)
    yield "jobs", Found(str(job.definition["Name"]), where)
    for group in job.spec.groups:
        yield "groups", Found(group.name, where)
        yield from (("services", Found(service.name, (*where, group.name))) for service in group.services)
        for task in group.tasks:
            yield "tasks", Found(task.name, (*where, group.name))
            image = cast("object", task.config.get("image") or task.config.get("command"))
            if isinstance(image, str):
                kind = "images" if task.driver == "docker" else "commands"
                yield kind, Found(image, (*where, group.name, task.name))


def _answer(desk: Desk, asked: list[str], matches: Json, truncated: dict[str, bool]) -> Response:
    index = max((desk.store.table_index(CONTEXTS[name].table) for name in asked), default=0)
    content = {"Index": index, "KnownLeader": True, "LastContact": 0, "Matches": matches, "Truncations": truncated}
    return json_answer(content, read_headers(index))
