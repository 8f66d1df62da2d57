"""Asks the embedded cluster what a recording asked the real one, and compares the answers."""

import asyncio
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.types import ASGIApp

from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records
from muster.nomad.embedded.doors import Service
from muster.nomad.embedded.host import Host
from muster.nomad.embedded.http.app import build_apps
from muster.nomad.embedded.http.desk import Desk
from muster.nomad.embedded.pace import Pace
from nomad.embedded.timeline_stories import quiet
from nomad.embedded.timelines import RECORDINGS, SCENARIOS, START_NS, lab_nodes, seed_of

SECOND = 1_000_000_000
INDEXES = re.compile(r"^(.*Index)$")
TIMES = re.compile(
    r"^(SubmitTime|CreateTime|ModifyTime|Time|Timestamp|RequireProgressBy|StartedAt|FinishedAt|LastRestart|WaitUntil|"
    r"AllocationTime|ModTime|RescheduleTime|UpdateTime|StartDelay|start_delay)$"
)
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
CHILD = re.compile(r"/(periodic|dispatch)-[\w-]+")
ACL_NODE: dict[str, Any] = {
    **{"name": "labacl", "class": "", "host_volumes": {}, "meta": {}, "reserved_ports": []},
    "drivers": ["exec", "java", "mock_driver", "raw_exec"],
}
SCORES = ("NormScore", "binpack")  # depend on what else runs on the node
DYNAMIC = range(20_000, 32_000)


@cache
def recorded(name: str) -> dict[str, Any]:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def recorded_names(pattern: str) -> list[str]:
    return sorted(path.stem for path in RECORDINGS.glob(f"{pattern}.json"))


class Api:
    """The embedded cluster's HTTP API in this process, on the recordings' node."""

    def __init__(self, folder: Path, scenario: str = "", *, acl: bool = False) -> None:
        own = (SCENARIOS["timelines"].get(scenario) or {}).get("images", [])
        images = [*own, *SCENARIOS["images"], *behaviour_records(DEFAULT_IMAGES)]
        nodes = [{**node, **ACL_NODE} for node in lab_nodes(scenario)] if acl else lab_nodes(scenario)
        self.host = Host(folder / "journal.jsonl", nodes, images, START_NS, seed_of(scenario), acl=acl)
        desk = Desk(self.host, Pace(self.host), "127.0.0.1:14646", "127.0.0.1:18500", "127.0.0.1:19998")
        self._apps = build_apps(desk)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()
        self.host.close()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        service: Service = "nomad",
    ) -> httpx.Response:
        return self._runner.run(self._ask(self._apps[service], method, path, body, headers))

    async def _ask(
        self, app: ASGIApp, method: str, path: str, body: Any, headers: dict[str, str] | None
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://embedded") as client:
            content = body if isinstance(body, str | bytes) else None if body is None else json.dumps(body)
            return await client.request(method, path, content=content, headers=headers)

    def replay(self, name: str) -> httpx.Response:
        """Ask what a recording asked."""
        request = recorded(name)["request"]
        return self.ask(request["method"], request["path"], request["body"], request["headers"])

    def register(self, job: dict[str, Any], seconds: float = 0) -> dict[str, Any]:
        """Register a job and let time pass."""
        answer = self.ask("POST", "/v1/jobs", {"Job": job})
        assert answer.status_code == 200, answer.text
        self.host.advance_to(self.host.now_ns + int(seconds * SECOND))
        return answer.json()


def apart(name: str, answer: httpx.Response) -> list[str]:
    """What differs between a recorded answer and one of the embedded cluster's."""
    response = recorded(name)["response"]
    if response["status"] != answer.status_code:
        return [f"status {answer.status_code} ({answer.text[:200]}), recorded {response['status']}"]
    kind = answer.headers.get("content-type", "").partition(";")[0]
    wanted = response["headers"].get("Content-Type", "").partition(";")[0]
    lines = [f"content type {kind!r}, recorded {wanted!r}"] if kind != wanted else []
    lines += [
        f"header {h}"
        for h in ("X-Nomad-Index", "X-Nomad-Knownleader")
        if (h in answer.headers) != (h in response["headers"])
    ]
    if response["body_kind"] != "json":
        theirs, mine = quiet(response["body"]), quiet(answer.text)
        return lines + ([f"says {mine!r}, recorded {theirs!r}"] if theirs != mine else [])
    return lines + list(unlike(response["body"], answer.json(), ""))


def unlike(theirs: Any, mine: Any, path: str) -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(mine, dict):
        yield from _unlike_objects(theirs, mine, path)
    elif isinstance(theirs, list) and isinstance(mine, list):
        yield from _unlike_lists(theirs, mine, path)
    elif isinstance(theirs, float) and isinstance(mine, float):
        if abs(theirs - mine) > 1e-6:
            yield f"{path} is {mine}, recorded {theirs}"
    elif _still(theirs) != _still(mine):
        yield f"{path} is {mine!r}, recorded {theirs!r}"


def _unlike_objects(theirs: dict[str, Any], mine: dict[str, Any], path: str) -> Iterator[str]:
    if path.endswith(".ClassEligibility"):
        theirs, mine = {"class": list(theirs.values())}, {"class": list(mine.values())}
    for key in sorted(theirs.keys() ^ mine.keys()):
        yield f"{path}.{key} only {'recorded' if key in theirs else 'told'}"
    for key in sorted(theirs.keys() & mine.keys()):
        yield from unlike(_muted(key, theirs[key]), _muted(key, mine[key]), f"{path}.{key}")


def _unlike_lists(theirs: list[Any], mine: list[Any], path: str) -> Iterator[str]:
    if len(theirs) != len(mine):
        yield f"{path} has {len(mine)} entries, recorded {len(theirs)}"
        return
    pairs = zip(sorted(theirs, key=_name), sorted(mine, key=_name), strict=True)
    for number, (one, other) in enumerate(pairs):
        yield from unlike(one, other, f"{path}[{number}]")


def _name(item: Any) -> str:
    """Lists of stored objects come in the order of their ids; names bring them in line."""
    if not isinstance(item, dict) or not isinstance(item.get("ID"), str):
        return ""
    return f"{item.get('Name', '')}{item.get('CreateIndex', 0):09d}"


def _muted(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in SCORES:
        return key
    if key == "Value" and isinstance(value, int) and value in DYNAMIC:
        return "PORT"
    return key if TIMES.match(key) or INDEXES.match(key) else value


def _still(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "UUID" if UUID.match(value) else CHILD.sub(r"/\1-CHILD", quiet(value))
