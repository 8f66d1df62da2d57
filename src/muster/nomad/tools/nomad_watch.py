"""Follows one registration with blocking queries until the cluster has decided. No sleeps, no polling.

Five queries wait at once: the evaluation, all that the job has, its deployments, its allocations, and the job itself.
Whichever answers first, the whole is judged again (`domain.observing`). Time is the cluster's own where it tells it.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from muster.core.clock import Clock
from muster.core.errors import ClusterUnavailableError, ServiceTimeoutError, UnreachableError
from muster.core.redaction import redact_json
from muster.nomad.domain.observing import (
    Decision,
    Logs,
    decide,
    observe,
    own_allocations,
    own_deployment,
    with_blocked,
)
from muster.nomad.domain.outcomes import Observation, Registered
from muster.nomad.ports import Watched
from muster.nomad.tools.nomad_http import NomadHttp, json_of

WAIT_S = 10.0
"""The longest single blocking query: how soon a dead connection is noticed."""
SHORTEST_WAIT_S = 0.05
PATIENCE_S = 15.0
"""How long after its first lost answer a cluster may be away (an election, a restart) before watching gives up."""

AGAIN_S = 0.5
"""How long after a lost connection the next try is made."""

ENDED_S = 60.0
"""How long tasks of a stopped job may take to end; Nomad kills them after their kill_timeout, 5 s by default."""
STOP_WAIT_S = 5.0

Raw = dict[str, Any]


class JobWatch:
    """One watching: feed it answers, ask it for the end."""

    def __init__(self, registration: Registered, *, timeout_s: float, see: Callable[[Observation], None]) -> None:
        self.registration = registration
        self._timeout_s = timeout_s
        self._see = see
        self._answers: dict[str, Any] = {}
        self._seen: Observation | None = None
        self._started_s: float | None = None
        self._now_s = 0.0
        self._decision = Decision(state="going", reason="nothing heard yet")

    def paths(self) -> dict[str, str]:
        """What is followed, by name. A periodic job has no evaluation."""
        job = f"/v1/job/{self.registration.job}"
        paths = {"job": job, "deployments": f"{job}/deployments", "allocations": f"{job}/allocations"}
        if self.registration.evaluation:
            paths["evaluation"] = f"/v1/evaluation/{self.registration.evaluation}"
            paths["evaluations"] = f"{job}/evaluations"
        return paths

    def hear(self, name: str, body: Any, now_s: float) -> bool:
        """Take one answer; True when watching is over."""
        self._now_s = max(self._now_s, now_s)
        self._started_s = now_s if self._started_s is None else self._started_s
        self._answers[name] = body
        if len(self._answers) < len(self.paths()):
            return False
        observation = self._observe()
        if observation != self._seen:
            self._seen = observation
            self._see(self._timed(observation))
        job = self._answers["job"]
        self._decision = decide(observation, job_type=job["Type"], expected=_counts(job), now_s=self._now_s)
        return self._decision.state != "going" or self.left_s() <= 0

    def renew(self, name: str, body: Any) -> None:
        """A later answer for the evidence; what was decided stays."""
        self._answers[name] = body

    def left_s(self) -> float:
        """Seconds until the deadline, by the cluster's clock."""
        return self._timeout_s - self._watched_s()

    def wait_s(self) -> float:
        """How long the next blocking query may wait: not beyond the deadline, nor beyond a time that matters."""
        settles = self._decision.settles_at_s
        soon = self.left_s() if settles is None else min(self.left_s(), settles - self._now_s)
        return min(WAIT_S, max(SHORTEST_WAIT_S, soon))

    def result(self, logs: Logs) -> Watched:
        """What was seen, with the last lines of the logs, and whether the cluster had decided."""
        observation = self._timed(self._observe(logs))
        return Watched(
            decided=self._decision.state != "going",
            healthy=self._decision.state == "healthy",
            promotes=observation.deployment_id if self._decision.state == "unpromoted" else "",
            reason=self._decision.reason,
            deadline_s=self._timeout_s,
            observation=observation,
        )

    def allocations(self) -> tuple[Raw, ...]:
        """The newest answer about our own allocations."""
        job: Raw = self._answers.get("job") or {}
        since = job.get("CreateIndex") or 0
        return own_allocations(
            self._answers.get("allocations") or (), version=self.registration.version, since_index=since
        )

    def _observe(self, logs: Logs | None = None) -> Observation:
        evaluation: Raw = self._answers.get("evaluation") or {}
        deployment = own_deployment(self._answers.get("deployments") or (), evaluation)
        since = self.registration.modify_index
        evaluation = with_blocked(evaluation, self._answers.get("evaluations") or (), since_index=since)
        return observe(evaluation, deployment, self.allocations(), self._answers.get("job"), logs)

    def _watched_s(self) -> float:
        return 0.0 if self._started_s is None else self._now_s - self._started_s

    def _timed(self, observation: Observation) -> Observation:
        """Stamped, and without secrets: events quote what tasks and drivers say."""
        plain = redact_json(observation.model_dump(mode="json"))
        return Observation.model_validate(plain).model_copy(update={"watched_s": round(self._watched_s(), 3)})


def _counts(job: Raw) -> dict[str, int]:
    return {group["Name"]: group["Count"] for group in job["TaskGroups"] or ()}


async def follow(watch: JobWatch, http: NomadHttp, clock: Clock) -> None:
    """Ask all paths at once, again and again, until the watch has heard enough. Raises a ServiceError."""
    over = asyncio.Event()
    async with http.open_async() as client:
        following = _Following(watch, http, client, clock, over)
        queries = [asyncio.create_task(following.repeat(name, path)) for name, path in watch.paths().items()]
        waiting = asyncio.create_task(over.wait())
        try:
            done, _ = await asyncio.wait([*queries, waiting], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (*queries, waiting):
                task.cancel()
            await asyncio.wait([*queries, waiting])


@dataclass(frozen=True)
class _Following:
    watch: JobWatch
    http: NomadHttp
    client: httpx.AsyncClient
    clock: Clock
    over: asyncio.Event

    async def repeat(self, name: str, path: str) -> None:
        """Ask one path until watching is over."""
        index = 0
        while not self.over.is_set():
            response, body = await self._patiently(path, index)
            index = int(response.headers.get("X-Nomad-Index", "0"))
            if self.watch.hear(name, body, cluster_time_s(response.headers, self.clock)):
                self.over.set()

    async def _patiently(self, path: str, index: int) -> tuple[httpx.Response, Any]:
        """One answer; a cluster that is away for a moment (an election, a restart), or too busy, is asked again."""
        wait = {"index": str(index), "wait": f"{self.watch.wait_s() * 1000:.0f}ms"} if index else {}
        lost_s: float | None = None
        while True:
            try:
                response = await self.http.wait_for(
                    self.client, path, namespace=self.watch.registration.namespace, wait=wait
                )
                return response, json_of(response)
            except (UnreachableError, ClusterUnavailableError, ServiceTimeoutError):
                now_s = self.clock.monotonic_s()
                lost_s = now_s if lost_s is None else lost_s
                if now_s > lost_s + PATIENCE_S:
                    raise
                await asyncio.sleep(AGAIN_S)


def wait_until_ended(http: NomadHttp, registration: Registered, clock: Clock) -> bool:
    """Wait until no allocation of a stopped job runs any more; False when it takes longer than ENDED_S."""
    index, ends_s = 0, float("inf")
    while True:
        response = http.get(
            f"/v1/job/{registration.job}/allocations",
            namespace=registration.namespace,
            params={"index": str(index), "wait": f"{STOP_WAIT_S:.0f}s"} if index else None,
        )
        allocations: list[Raw] = json_of(response) or []
        if all(_has_ended(one) for one in allocations):
            return True
        now_s = cluster_time_s(response.headers, clock)
        ends_s = min(ends_s, now_s + ENDED_S)
        if now_s >= ends_s:
            return False
        index = int(response.headers.get("X-Nomad-Index", "0"))


def _has_ended(allocation: Raw) -> bool:
    return allocation.get("DesiredStatus") != "run" and allocation.get("ClientStatus") in ("complete", "failed", "lost")


def cluster_time_s(headers: Mapping[str, str], clock: Clock) -> float:
    """Seconds since the epoch: an embedded cluster tells its virtual time, a real one lives in ours."""
    with suppress(KeyError, ValueError):
        return float(headers["X-Muster-Virtual-Time"])
    return clock.now().timestamp()
