"""Faults on demand: what a cluster in trouble does to its clients, told by `PUT /embedded/faults`.

A fault is a table: `kind` is `error` (a `status` with a `text`), `slow` (it answers after `seconds`), `cut` (the
connection ends in the middle), `leader_lost` (as while the servers elect a leader; stale reads are still answered) or
`down` (the service refuses connections until the fault is told no more).
`service` says whose requests: `nomad`, `consul`, `vault` or `fabio`. `path` (a pattern with `*`) and `method` choose
requests, `skip` lets so many of them pass first, `times` ends it after so many. Faults live as long as the process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Literal, Self, cast
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from muster.nomad.embedded.access.permissions import glob_matches
from muster.nomad.embedded.doors import Service
from muster.nomad.embedded.http.answering import json_answer, text_answer
from muster.nomad.embedded.http.asking import BadRequest, body

Json = dict[str, Any]
OURS = "/embedded/"
CONTROL = OURS + "faults"
NO_LEADER = "No cluster leader"
LEADERLESS = ("/v1/agent/", "/v1/client/", "/v1/metrics", "/v1/regions")
"""What an agent answers by itself."""
MAX_FAULTS = 100
HALF_BODY = b"{"


class Fault(BaseModel):
    """One fault, as it is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["error", "slow", "cut", "leader_lost", "down"]
    service: Service = "nomad"
    path: str = "/*"
    method: str = "*"
    status: int = Field(default=500, ge=400, le=599)
    text: str = "mock fault"
    seconds: float = Field(default=1.0, ge=0, le=600)
    skip: int = Field(default=0, ge=0)
    times: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.kind == "down" and self.service == "nomad":
            raise ValueError("down is for consul, vault and fabio: nobody could end it on Nomad's own port")
        if self.kind == "leader_lost" and self.service != "nomad":
            raise ValueError("leader_lost is Nomad's")
        return self


async def _no_doors(_: Collection[Service]) -> None:
    """Without ports of its own nothing can be shut."""


@dataclass
class Faults:
    """The faults that are on, each with how many requests it concerned, those that it let pass and those after its end
    among them."""

    told: list[tuple[Fault, list[int]]] = field(default_factory=list[tuple[Fault, list[int]]])
    shut_only: Callable[[Collection[Service]], Awaitable[None]] = _no_doors
    """Shuts the doors of these services, and opens all others."""

    async def set_to(self, faults: list[Fault]) -> None:
        """Only these from now on."""
        self.told = [(fault, [0]) for fault in faults]
        await self.shut_only({fault.service for fault in faults if fault.kind == "down"})

    def next_for(self, service: Service, scope: Scope) -> Fault | None:
        """The first fault that this request to a service meets; it counts."""
        for fault, asked in self.told:
            if fault.service != service or not _matches(fault, scope):
                continue
            asked[0] += 1
            if asked[0] > fault.skip and (fault.times is None or asked[0] <= fault.skip + fault.times):
                return fault
        return None


def _met(fault: Fault, asked: int) -> int:
    """How many of the requests that it concerned it made fail."""
    failed = max(0, asked - fault.skip)
    return failed if fault.times is None else min(failed, fault.times)


def _matches(fault: Fault, scope: Scope) -> bool:
    path: str = scope["path"]
    if fault.method not in ("*", scope["method"]) or not glob_matches(fault.path, path):
        return False
    return fault.kind != "leader_lost" or not (path.startswith(LEADERLESS) or _stale(scope))


def _stale(scope: Scope) -> bool:
    return scope["method"] == "GET" and "stale" in parse_qs(scope["query_string"].decode("latin-1"), True)


class Faulty:
    """An application that fails as it is told."""

    def __init__(self, app: ASGIApp, service: Service, faults: Faults, met: Callable[[], None]) -> None:
        self._app = app
        self._service: Service = service
        self._faults = faults
        self._met = met

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or fail; called by the server."""
        served = scope["type"] == "http" and not scope["path"].startswith(OURS)
        fault = self._faults.next_for(self._service, scope) if served else None
        if fault is not None:
            self._met()
        match fault:
            case Fault(kind="error"):
                await text_answer(fault.status, fault.text)(scope, receive, send)
            case Fault(kind="leader_lost"):
                await text_answer(500, NO_LEADER)(scope, receive, send)
            case Fault(kind="cut" | "down"):
                await _cut(send)
            case Fault(kind="slow"):
                await asyncio.sleep(fault.seconds)
                await self._app(scope, receive, send)
            case _:
                await self._app(scope, receive, send)


async def _cut(send: Send) -> None:
    """Promise a body and leave: the server then closes the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": HALF_BODY, "more_body": True})


async def list_faults(request: Request) -> Response:
    """GET /embedded/faults: what is on, and how many requests each made fail"""
    faults: Faults = request.app.state.faults
    return json_answer(
        {"faults": [{**fault.model_dump(), "met": _met(fault, asked[0])} for fault, asked in faults.told]}
    )


async def set_faults(request: Request) -> Response:
    """PUT /embedded/faults: only these from now on. A table that makes no sense is refused."""
    sent = await body(request)
    told: object = sent.get("faults")
    if not isinstance(told, list) or len(cast("list[object]", told)) > MAX_FAULTS:
        raise BadRequest(400, f"`faults` is a list of at most {MAX_FAULTS} tables")
    try:
        faults = [Fault.model_validate(one) for one in cast("list[object]", told)]
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadRequest(400, wrong) from error
    await request.app.state.faults.set_to(faults)
    return await list_faults(request)


async def clear_faults(request: Request) -> Response:
    """DELETE /embedded/faults: all is well again"""
    await request.app.state.faults.set_to([])
    return await list_faults(request)
