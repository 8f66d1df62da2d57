"""Runs workloads in containers of a Docker Engine on this machine, by its HTTP API over its UNIX socket.

Inputs and outputs are folders of this machine, so the engine has to be here too. The limit of the disk is kept while
a job is followed, and per file always: the engine has no quota for a bound folder.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload
from muster.aegis.executors.docker_container import container, demultiplex
from muster.aegis.executors.following import Course, Pace, follow_course
from muster.aegis.executors.job_names import check_names
from muster.aegis.executors.remote_start import TIMED_OUT
from muster.aegis.executors.sandbox_planning import Ceilings, most_memory_mb
from muster.aegis.executors.supervisor.disk import written_bytes
from muster.aegis.executors.supervisor.plan import JobFolder
from muster.aegis.executors.untrusted_files import MetricsFile, copy_files
from muster.core.clock import Clock, SystemClock
from muster.core.errors import ServiceFailureError, SourceError, UnreachableError, UsageError
from muster.core.http import Service, ServiceClient, judge_status
from muster.core.redaction import redact

_DOCKER = Service("Docker", "AEGIS_DOCKER_SOCKET")
_VERSION = "/v1.41"  # of Engine 20.10, and understood by all later ones until 1.44 becomes the oldest
_TAIL = 8000


@dataclass(frozen=True)
class DockerExecutor:
    """Satisfies `Executor`. `image` has a Python with what the scripts import; `folder` holds a folder a job."""

    folder: Path
    image: str
    python: str = "python3"
    socket: Path = Path("/var/run/docker.sock")
    ceilings: Ceilings = field(default_factory=lambda: Ceilings(memory_mb=most_memory_mb()))
    pace: Pace = field(default_factory=Pace)
    clock: Clock = field(default_factory=SystemClock)

    @property
    def name(self) -> str:
        """Its name in settings and reports."""
        return "docker"

    def ready(self, timeout_s: float) -> str:
        """What it runs, for a person. Raises UnreachableError without an engine, UsageError without its image."""
        answer = self._ask("GET", f"/images/{quote(self.image)}/json", fine=(200, 404), timeout_s=timeout_s)
        if answer.status_code == 404:
            raise self._no_image()
        return f"the engine answers, and has {self.image}"

    def find(self, name: str) -> Job | None:
        """The job, once its container was started."""
        seen = self._inspect(name)
        return self._job(name) if seen is not None and seen["State"]["Status"] != "created" else None

    def submit(self, workload: Workload) -> Job:
        """Create and start its container; both are safe to repeat. Raises UsageError for an image that is not here."""
        check_names(workload)
        folder = self.folder / workload.name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "outputs").mkdir(exist_ok=True)
        (folder / "outputs").chmod(0o777)  # the container's nobody writes there; the folder above is closed
        (folder / "script.py").write_text(workload.script)
        (folder / "script.py").chmod(0o644)
        (folder / "disk_mb").write_text(str(workload.limits.disk_mb or self.ceilings.disk_mb))
        self._create(workload, folder)
        self._ask("POST", f"/containers/{_container(workload.name)}/start", fine=(204, 304))
        return self._job(workload.name)

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        """Watch the container and the folder of its outputs."""
        metrics = MetricsFile(self.folder / job.name / "outputs")
        course = Course(metrics.more, lambda: self._end(job), lambda why: self.stop(job, why))
        return follow_course(course, see, self.clock, self.pace)

    def stop(self, job: Job, why: Stopping) -> None:
        """The engine sends SIGTERM and, after the grace period, SIGKILL."""
        JobFolder(self.folder / job.name).ask_to_stop(why)
        self._stop(job)

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        """Copy its plain files. Raises SourceError where the job's folder is gone."""
        outputs = self.folder / job.name / "outputs"
        if not outputs.is_dir():
            raise SourceError(f"the outputs of the job {job.name} are gone: {outputs}")
        return copy_files(outputs, into)

    def _create(self, workload: Workload, folder: Path) -> None:
        body = container(workload, folder, self.image, self.python, self.ceilings)
        name = _container(workload.name)
        answer = self._ask("POST", f"/containers/create?name={name}", json=body, fine=(201, 404, 409))
        if answer.status_code == 404:
            raise self._no_image()

    def _no_image(self) -> UsageError:
        return UsageError(f"Docker does not have the image {self.image}", advice=f"docker pull {self.image}")

    def _stop(self, job: Job) -> None:
        grace_s = int(self.ceilings.grace_s)
        path = f"/containers/{_container(job.name)}/stop?t={grace_s}"
        self._ask("POST", path, fine=(204, 304, 404), timeout_s=grace_s + 30)

    def _end(self, job: Job) -> Ended | None:
        seen = self._inspect(job.name)
        if seen is None:
            return Ended(exit_status=None)
        if seen["State"]["Status"] in ("exited", "dead"):
            return self._told(job, seen["State"])
        self._mind_the_disk(job)
        return None

    def _mind_the_disk(self, job: Job) -> None:
        folder = self.folder / job.name
        if written_bytes(folder / "outputs", set()) > int((folder / "disk_mb").read_text()) * 2**20:
            (folder / "disk_limited").touch()
            self._ask("POST", f"/containers/{_container(job.name)}/kill", fine=(204, 404, 409))

    def _told(self, job: Job, state: dict[str, Any]) -> Ended:
        folder = self.folder / job.name
        status = int(state["ExitCode"])
        asked = JobFolder(folder).asked_to_stop() or ("timeout" if status == TIMED_OUT else None)
        began, ended = _time(state["StartedAt"]), _time(state["FinishedAt"])
        return Ended.model_validate(
            {
                "exit_status": status,
                "stopped_for": asked,
                "oom_kills": int(bool(state["OOMKilled"])),
                "disk_limited": (folder / "disk_limited").exists(),
                "seconds": (ended - began).total_seconds(),
                "started_at": began,
                "log_tail": self._tail(job),
            }
        )

    def _tail(self, job: Job) -> str:
        path = f"/containers/{_container(job.name)}/logs?stdout=1&stderr=1&tail=200"
        return redact(demultiplex(self._ask("GET", path, fine=(200,)).content)[-_TAIL:])

    def _inspect(self, name: str) -> dict[str, Any] | None:
        answer = self._ask("GET", f"/containers/{_container(name)}/json", fine=(200, 404))
        return answer.json() if answer.status_code == 200 else None

    def _ask(
        self, method: str, path: str, *, fine: tuple[int, ...], json: Any = None, timeout_s: float = 30.0
    ) -> httpx.Response:
        with self._client() as client:
            answer = client.request(method, _VERSION + path, json=json, timeout_s=timeout_s, judge=False)
        if answer.status_code not in fine:
            judge_status(answer, _DOCKER)
            raise ServiceFailureError(f"Docker answered {method} {path} with {answer.status_code}")
        return answer

    def _client(self) -> ServiceClient:
        if not self.socket.is_socket():
            raise UnreachableError(
                f"no Docker Engine here: {self.socket} is no socket",
                advice="Start Docker, or name its socket by AEGIS_DOCKER_SOCKET.",
            )
        transport = httpx.HTTPTransport(uds=str(self.socket))
        return ServiceClient(httpx.Client(transport=transport, base_url="http://docker", trust_env=False), _DOCKER)

    def _job(self, name: str) -> Job:
        return Job(executor=self.name, name=name, reference=_container(name))


def _container(name: str) -> str:
    return f"muster-{name}"


def _time(text: str) -> datetime:
    """Docker tells nanoseconds."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(fraction + '000000')[:6]}+00:00")
