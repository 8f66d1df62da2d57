"""The `Cluster` port on Nomad's HTTP API (1.1 and later).

Nomad answers refusals as plain text with status 500 or 403: those are outcomes, read here; only a cluster that is away
or has no leader is an error.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx

from muster.core.clock import Clock
from muster.core.redaction import redact
from muster.nomad.domain.failures.classify import classify_refusal
from muster.nomad.domain.observing import placements
from muster.nomad.domain.outcomes import (
    Observation,
    Planned,
    PlanOutcome,
    Refused,
    Registered,
    Registration,
    Stale,
    Undone,
)
from muster.nomad.domain.plan_diff import plan_changes, render_plan
from muster.nomad.domain.submission import Submission
from muster.nomad.ports import ClusterFacts, Watched
from muster.nomad.tools.nomad_facts import read_facts
from muster.nomad.tools.nomad_http import NomadHttp, json_of, object_of
from muster.nomad.tools.nomad_logs import read_tails
from muster.nomad.tools.nomad_watch import JobWatch, follow, wait_until_ended

Raw = dict[str, Any]

SETTLE_S = 120.0
"""How long an earlier version may take to be healthy again before the run ends without having seen it."""

_STALE = re.compile(r"Enforcing job modify index \d+: job .*?(?P<index>\d+)?$", re.MULTILINE)


class NomadCluster:
    """A Nomad cluster, by its HTTP API."""

    def __init__(self, http: NomadHttp, clock: Clock) -> None:
        self._http = http
        self._clock = clock

    def facts(self) -> ClusterFacts:
        """What the cluster is; what the token may not see stays empty."""
        return read_facts(self._http)

    def validate(self, job: Submission) -> tuple[str, ...]:
        """Parse and validate on the cluster; the complaints of whichever says no first.

        Nothing where we may not ask, which says nothing about the job: planning tells why.
        """
        parsed = self._parse(job)
        if isinstance(parsed, httpx.Response):
            return tuple(redact(parsed.text).strip().splitlines()) if parsed.status_code == 400 else ()
        answer = self._http.post("/v1/validate/job", {"Job": parsed}, namespace=job.namespace)
        if answer.status_code == 403:
            return ()  # registering says whether we may; validating needs a right of its own
        return tuple(map(redact, json_of(answer).get("ValidationErrors") or ()))

    def plan(self, job: Submission) -> PlanOutcome:
        """Dry run on the cluster."""
        parsed = self._parse(job)
        if isinstance(parsed, httpx.Response):
            return _refused(parsed)
        answer = self._http.post(f"/v1/job/{job.name}/plan", {"Job": parsed, "Diff": True}, namespace=job.namespace)
        if answer.is_error:
            return _refused(answer)
        body = object_of(answer, "JobModifyIndex", "Diff")
        return Planned(
            base_index=body["JobModifyIndex"],
            replaces=self._what_is_there(job),
            diff=redact(render_plan(body["Diff"])),
            changed=plan_changes(body["Diff"]),
            warnings=tuple(redact(body.get("Warnings") or "").strip().splitlines()),
            placements=placements(body.get("FailedTGAllocs")),
        )

    def register(self, job: Submission, *, base_index: int) -> Registration:
        """Submit the job with the plan's index. An index conflict with an empty diff means that it was ours."""
        parsed = self._parse(job)
        if isinstance(parsed, httpx.Response):
            return _refused(parsed)
        wanted = {"Job": parsed, "EnforceIndex": True, "JobModifyIndex": base_index}
        answer = self._http.post("/v1/jobs", wanted, namespace=job.namespace)
        if answer.is_success:
            return self._registered(job, json_of(answer))
        if conflict := _STALE.search(answer.text):
            return self._ours_or_stale(job, base_index, int(conflict["index"] or 0))
        return _refused(answer)

    def find(self, job: str, *, namespace: str | None = None) -> Registered | None:
        """The job as it is registered now."""
        answer = self._http.get(f"/v1/job/{job}", namespace=namespace)
        if answer.status_code == 404 and "job not found" in answer.text:
            return None
        body = object_of(answer, "ID", "Namespace", "JobModifyIndex", "Version")
        return Registered(
            job=job,
            namespace=body["Namespace"],
            evaluation=self._evaluation(body),
            modify_index=body["JobModifyIndex"],
            version=body["Version"],
            already_there=True,
        )

    def running(self, job: str, *, namespace: str | None = None) -> Raw | None:
        """The job as it is registered now, unless it was stopped."""
        answer = self._http.get(f"/v1/job/{job}", namespace=namespace)
        if answer.status_code in (403, 404):
            return None  # what may not be seen is found out by planning
        body = object_of(answer, "ID")
        return None if body.get("Stop") else body

    def watch(self, registration: Registered, *, timeout_s: float, see: Callable[[Observation], None]) -> Watched:
        """Follow the registration with blocking queries; on a bad end read the logs too."""
        watch = JobWatch(registration, timeout_s=timeout_s, see=see)
        asyncio.run(follow(watch, self._http, self._clock))
        quick = watch.result({})
        if quick.healthy:
            return quick
        for name, path in watch.paths().items():
            # the deployment's verdict may have come before the allocation's last events
            watch.renew(name, json_of(self._http.get(path, namespace=registration.namespace)))
        return watch.result(read_tails(self._http, watch.allocations()))

    def stop(self, registration: Registered) -> Undone:
        """Stop the job and keep its history, unless somebody registered another one."""
        job = self._job(registration)
        if job is None:
            return Undone(action="stopped")
        if not job.get("Stop") and job["JobModifyIndex"] != registration.modify_index:
            return Undone(action="changed", version=job["Version"])
        if not job.get("Stop"):
            path = f"/v1/job/{registration.job}"
            json_of(self._http.delete(path, namespace=registration.namespace))
        return Undone(action="stopped", settled=wait_until_ended(self._http, registration, self._clock))

    def revert(self, registration: Registered) -> Undone:
        """Back to the last stable version before this registration, unless somebody moved on already."""
        path = f"/v1/job/{registration.job}"
        answer = self._http.get(f"{path}/versions", namespace=registration.namespace)
        versions: list[Raw] = json_of(answer)["Versions"] or []
        newest = max((version["Version"] for version in versions), default=0)
        good = [one["Version"] for one in versions if one["Stable"] and one["Version"] < registration.version]
        if newest != registration.version:
            return Undone(action="changed", version=newest, settled=self._is_healthy(registration))
        if not good:
            return Undone(action="no_good_version", version=newest)
        request = {"JobID": registration.job, "JobVersion": max(good), "EnforcePriorVersion": newest}
        json_of(self._http.post(f"{path}/revert", request, namespace=registration.namespace))
        return Undone(action="reverted", version=max(good), settled=self._is_healthy(registration))

    def _is_healthy(self, registration: Registered) -> bool:
        """Whether what is registered now becomes healthy within a bounded time."""
        now = self.find(registration.job, namespace=registration.namespace)
        return now is not None and self.watch(now, timeout_s=SETTLE_S, see=lambda _: None).healthy

    def _job(self, registration: Registered) -> Raw | None:
        answer = self._http.get(f"/v1/job/{registration.job}", namespace=registration.namespace)
        return None if answer.status_code == 404 else json_of(answer)

    def _parse(self, job: Submission) -> Raw | httpx.Response:
        """The job as the API takes it, with its change, or the answer that refuses its text."""
        if job.job is not None:
            return job.changed(job.job)
        answer = self._http.post("/v1/jobs/parse", {"JobHCL": job.hcl, "Canonicalize": True}, namespace=job.namespace)
        return answer if answer.is_error else job.changed(json_of(answer))

    def _what_is_there(self, job: Submission) -> Literal["nothing", "stopped", "running"]:
        answer = self._http.get(f"/v1/job/{job.name}", namespace=job.namespace)
        if answer.status_code == 404:
            return "nothing"
        return "stopped" if json_of(answer).get("Stop") else "running"

    def _registered(self, job: Submission, answer: Raw) -> Registered:
        """What became of the job in this registration, whoever registered it again since."""
        now = json_of(self._http.get(f"/v1/job/{job.name}", namespace=job.namespace))
        index = answer.get("JobModifyIndex") or now["JobModifyIndex"]
        ours = now if now["JobModifyIndex"] == index else self._version_of(job, index) or now
        return Registered(
            job=job.name,
            namespace=now["Namespace"],
            evaluation=answer.get("EvalID") or "",
            modify_index=index,
            version=ours["Version"],
        )

    def _version_of(self, job: Submission, index: int) -> Raw | None:
        answer = self._http.get(f"/v1/job/{job.name}/versions", namespace=job.namespace)
        versions: list[Raw] = json_of(answer)["Versions"] or []
        return next((one for one in versions if one["JobModifyIndex"] == index), None)

    def _ours_or_stale(self, job: Submission, base_index: int, actual_index: int) -> Registration:
        plan = self.plan(job)
        if not isinstance(plan, Planned):
            return plan
        if plan.changed:
            return Stale(expected_index=base_index, actual_index=actual_index or plan.base_index)
        return self.find(job.name, namespace=job.namespace) or Stale(
            expected_index=base_index, actual_index=plan.base_index
        )

    def _evaluation(self, job: Mapping[str, Any]) -> str:
        answer = self._http.get(f"/v1/job/{job['ID']}/evaluations", namespace=job["Namespace"])
        ours = [one for one in json_of(answer) or () if one.get("JobModifyIndex") == job["JobModifyIndex"]]
        return max(ours, key=lambda one: one["CreateIndex"], default={"ID": ""})["ID"]


def _refused(answer: httpx.Response) -> Refused:
    return Refused(cause=classify_refusal(answer.status_code, redact(answer.text)))
