"""The strings behind the stage, under /_control: clock, delay, audience, faults, counts. For this machine alone."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from muster.threads.fake_threads.engagement import World
from muster.threads.fake_threads.faults import Fault, FaultPlan
from muster.threads.fake_threads.platform import Platform
from muster.threads.fake_threads.records import Token

_YEARS_S = 20 * 366 * 86_400


class Turn(BaseModel):
    """A frozen, closed request."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ClockTurn(Turn):
    """Set the clock, move it, or both; it goes on from there."""

    set: AwareDatetime | None = None
    advance_s: float = Field(default=0.0, ge=-_YEARS_S, le=_YEARS_S)


class DelayTurn(Turn):
    """Seconds until new containers are FINISHED."""

    processing_s: float = Field(ge=0, le=86_400)


class ClockShown(Turn):
    """The platform's time."""

    now: AwareDatetime


class Counts(Turn):
    """What was asked since the start, what struck, and what there is."""

    calls: Mapping[str, int]
    faults: Mapping[str, int]
    users: int
    containers: int
    published: int


def router(platform: Platform, plan: FaultPlan) -> APIRouter:
    """All controls; a caller that is not on this machine gets 403."""
    routes = APIRouter(prefix="/_control", tags=["control"], dependencies=[Depends(from_here)])
    _add_clock(routes, platform)
    _add_audience(routes, platform)
    _add_faults(routes, plan)
    _add_ledger(routes, platform, plan)
    return routes


def _add_clock(routes: APIRouter, platform: Platform) -> None:
    @routes.get("/clock")
    async def clock() -> ClockShown:
        """What time it is."""
        return ClockShown(now=platform.now())

    @routes.put("/clock")
    async def turn_clock(turn: ClockTurn) -> ClockShown:
        """Another time."""
        _move(platform, turn.set, turn.advance_s)
        return ClockShown(now=platform.now())

    @routes.put("/delay")
    async def turn_delay(turn: DelayTurn) -> DelayTurn:
        """Another pace of processing, for containers to come."""
        _turn(platform, processing_s=turn.processing_s)
        return turn


def _add_audience(routes: APIRouter, platform: Platform) -> None:
    @routes.get("/world")
    async def world() -> World:
        """The audience."""
        return platform.ledger.dials.world

    @routes.put("/world")
    async def turn_world(turn: World) -> World:
        """Another audience, for all posts, past ones as well."""
        _turn(platform, world=turn)
        return turn


def _add_faults(routes: APIRouter, plan: FaultPlan) -> None:
    @routes.get("/faults")
    async def faults() -> list[Fault]:
        """What is to fail."""
        return [rule.fault for rule in plan.rules]

    @routes.post("/faults", status_code=201)
    async def add_fault(fault: Fault) -> Fault:
        """One more rule; earlier ones go first."""
        plan.add(fault)
        return fault

    @routes.delete("/faults", status_code=204)
    async def clear_faults() -> None:
        """Nothing fails any more."""
        plan.clear()


def _add_ledger(routes: APIRouter, platform: Platform, plan: FaultPlan) -> None:
    @routes.post("/tokens/expire", status_code=204)
    async def expire_tokens() -> None:
        """All tokens that there are end now."""
        platform.ledger.put(*(_ended(token, platform.now()) for token in platform.ledger.tokens.values()))

    @routes.get("/counters")
    async def counters() -> Counts:
        """What happened."""
        ledger = platform.ledger
        return Counts(calls=dict(platform.calls), faults=dict(plan.struck), users=len(ledger.users),
                      containers=len(ledger.containers), published=len(ledger.media))  # fmt: skip

    @routes.post("/reset", status_code=204)
    async def reset() -> None:
        """As on the first day: no posts, no users, no faults, no counts, the machine's time."""
        platform.ledger.reset()
        platform.calls.clear()
        plan.clear()
        plan.struck.clear()


async def from_here(request: Request) -> None:
    """Refuses callers from elsewhere, and a browser of this machine that asks by another name."""
    asker = request.client.host if request.client else ""
    if not (_is_loopback(asker) and _is_loopback(request.url.hostname or "")):
        raise HTTPException(403, "the controls are for this machine alone, by 127.0.0.1 or localhost")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _move(platform: Platform, to: datetime | None, by_s: float) -> None:
    offset_s = platform.ledger.dials.clock_offset_s
    if to is not None:
        offset_s = (to - platform.clock.now()).total_seconds()
    _turn(platform, clock_offset_s=max(-_YEARS_S, min(offset_s + by_s, _YEARS_S)))


def _turn(platform: Platform, **changed: Any) -> None:
    platform.ledger.put(platform.ledger.dials.model_copy(update=changed))


def _ended(token: Token, now: datetime) -> Token:
    return token.model_copy(update={"expires_at": min(token.expires_at, now)})
