"""Runs workloads as batch jobs of a Nomad cluster, by its HTTP API.

Inputs come from a host volume, outputs are read from the allocation's files: they are there until Nomad collects the
allocation (its `job_gc_threshold`, four hours by default), and a job that was collected is not found any more.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload
from muster.aegis.executors.following import Course, Pace, follow_course
from muster.aegis.executors.job_names import check_names
from muster.aegis.executors.nomad_files import AllocationFiles
from muster.aegis.executors.nomad_job import Place, render_job
from muster.aegis.executors.nomad_volume import SharedVolume
from muster.aegis.executors.remote_start import TIMED_OUT
from muster.aegis.executors.sandbox_planning import Ceilings
from muster.aegis.executors.supervisor.plan import JobFolder
from muster.core.clock import Clock, SystemClock
from muster.core.errors import ServiceFailureError, SettingsError, SourceError
from muster.core.http import Service, ServiceClient, judge_status

NOMAD = Service("Nomad", "AEGIS_NOMAD_ADDR", "AEGIS_NOMAD_TOKEN", "AEGIS_NOMAD_CACERT")
_LOOK_S = 2
_OVER = ("complete", "failed", "lost")


@dataclass(frozen=True)
class NomadExecutor:
    """Satisfies `Executor`. `folder` remembers here why a job was stopped; all else is asked of the cluster."""

    client: ServiceClient
    place: Place
    folder: Path
    ceilings: Ceilings
    pace: Pace = field(default_factory=lambda: Pace(look_s=0.0))  # the blocking query waits
    clock: Clock = field(default_factory=SystemClock)

    @property
    def name(self) -> str:
        """Its name in settings and reports."""
        return "nomad"

    def ready(self, timeout_s: float) -> str:
        """What it runs on, for a person. Raises as the cluster's client does, and SettingsError for a volume that is
        not here."""
        if not os.access(self.place.volume_root, os.W_OK):
            raise SettingsError(
                f"the volume {self.place.volume} is not here: {self.place.volume_root} can't be written",
                advice="AEGIS_NOMAD_VOLUME_ROOT names the folder here that the cluster's host volume holds.",
            )
        self.client.get("/v1/jobs", params={**self._where(), "prefix": _job_id("")}, timeout_s=timeout_s)
        return f"it takes our jobs in the namespace {self.place.namespace}"

    def find(self, name: str) -> Job | None:
        """The job, ended or not."""
        return self._job(name) if self.status(name) is not None else None

    def submit(self, workload: Workload) -> Job:
        """Register it, where there is none of its name. Raises ServiceFailureError with what Nomad has against it."""
        check_names(workload)
        within = self._volume.bring(workload)
        body = render_job(_job_id(workload.name), workload, within, self.place, self.ceilings)
        answer = self.client.post("/v1/jobs", json=body, judge=False)
        if not (answer.status_code == 500 and "job already exists" in answer.text):  # ours: the name is the attempt's
            judge_status(answer, NOMAD)
        return self._job(workload.name)

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        """Wait in blocking queries for what becomes of its allocation, and read its metrics between them."""
        watch = _Watch(self, job)
        course = Course(watch.more, watch.end, lambda why: self.stop(job, why))
        return follow_course(course, see, self.clock, self.pace)

    def stop(self, job: Job, why: Stopping) -> None:
        """Nomad sends SIGTERM and, after the job's kill timeout, SIGKILL."""
        folder = self.folder / job.name
        folder.mkdir(parents=True, exist_ok=True)
        JobFolder(folder).ask_to_stop(why)
        judge_status(
            self.client.request("DELETE", f"/v1/job/{job.reference}", params=self._where(), judge=False), NOMAD
        )

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        """Read its plain files, and take its own inputs from the volume. Raises SourceError where no allocation is
        left."""
        found = self.allocation(job)
        if found is None:
            raise SourceError(f"the outputs of the job {job.name} are gone: Nomad has no allocation of it")
        files = AllocationFiles(self.client, found["ID"]).collect(into)
        self._volume.clear(job.name)
        return files

    def status(self, name: str) -> str | None:
        """The job's own: `pending`, `running` or `dead`; None where there is no such job."""
        answer = self.client.get(f"/v1/job/{_job_id(name)}", params=self._where(), judge=False)
        if answer.status_code == 404:
            return None
        judge_status(answer, NOMAD)
        told = self.client.json(answer)
        return str(told["Status"]) if isinstance(told, dict) else None

    def allocation(self, job: Job, index: int = 0) -> dict[str, Any] | None:
        """The newest one; with an index, as soon as something is newer than that, after two seconds at the latest."""
        params = {**self._where(), **({"index": str(index), "wait": f"{_LOOK_S}s"} if index else {})}
        answer = self.client.get(f"/v1/job/{job.reference}/allocations", params=params, timeout_s=_LOOK_S + 10)
        told = self.client.json(answer)
        if not isinstance(told, list):
            raise ServiceFailureError("Nomad told no list of allocations")
        known: list[dict[str, Any]] = [item for item in told if isinstance(item, dict)]
        newest = max(known, key=lambda item: item["CreateIndex"], default=None)
        return None if newest is None else {**newest, "index": int(answer.headers.get("X-Nomad-Index", "0"))}

    def end(self, job: Job, found: dict[str, Any]) -> Ended:
        """What the allocation's task events say."""
        events = _events(found)
        last = next((event for event in reversed(events) if event["Type"] == "Terminated"), None)
        status = int(last["ExitCode"]) if last else None
        asked = JobFolder(self.folder / job.name).asked_to_stop() or ("timeout" if status == TIMED_OUT else None)
        times = [event["Time"] for event in events if event["Type"] in ("Started", "Terminated")]
        return Ended.model_validate(
            {
                "exit_status": status,
                "stopped_for": asked,
                "oom_kills": int(bool(last and last["Details"].get("oom_killed") == "true")),
                "seconds": (times[-1] - times[0]) / 1e9 if times else 0.0,
                "started_at": datetime.fromtimestamp(times[0] / 1e9, UTC) if times else None,
                "log_tail": AllocationFiles(self.client, found["ID"]).log_tail() or _said(events),
            }
        )

    @property
    def _volume(self) -> SharedVolume:
        return SharedVolume(self.place.volume_root)

    def _where(self) -> dict[str, str]:
        return {"namespace": self.place.namespace}

    def _job(self, name: str) -> Job:
        return Job(executor=self.name, name=name, reference=_job_id(name))


class _Watch:
    """One following: the index to wait from, and the place in the metrics."""

    def __init__(self, executor: NomadExecutor, job: Job) -> None:
        self._executor = executor
        self._job = job
        self._index = 0
        self._offset = 0
        self._files: AllocationFiles | None = None

    def end(self) -> Ended | None:
        """None while it runs, or waits for a place to run."""
        found = self._executor.allocation(self._job, self._index)
        if found is None:
            return self._never_placed()
        self._index = found["index"]
        self._files = AllocationFiles(self._executor.client, found["ID"])
        return self._executor.end(self._job, found) if found["ClientStatus"] in _OVER else None

    def more(self) -> bytes:
        """What the metrics got since."""
        some = self._files.read("metrics.jsonl", self._offset) if self._files else b""
        self._offset += len(some)
        return some

    def _never_placed(self) -> Ended | None:
        """Gone or stopped before it found a place; or it waits for one, and the next query for a change."""
        self._index = max(self._index, 1)
        if self._executor.status(self._job.name) in ("pending", "running"):
            return None
        why = JobFolder(self._executor.folder / self._job.name).asked_to_stop()
        return Ended.model_validate({"exit_status": None, "stopped_for": why})


def _job_id(name: str) -> str:
    return f"muster-{name}"


def _events(allocation: dict[str, Any]) -> list[dict[str, Any]]:
    """Of its one task; none where it never came so far."""
    states: dict[str, Any] = allocation.get("TaskStates") or {}
    state: dict[str, Any] = states.get("job") or {}
    events: list[dict[str, Any]] | None = state.get("Events")
    return events or []


def _said(events: list[dict[str, Any]]) -> str:
    return "\n".join(str(event.get("DisplayMessage", "")) for event in events)
