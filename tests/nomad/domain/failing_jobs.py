"""A small web job, and what is seen when its task crashes or runs without becoming healthy."""

from typing import Any

from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.outcomes import AllocationReport, Observation, TaskEvent, TaskReport
from muster.nomad.domain.policies import Update
from muster.nomad.domain.spec import GroupSpec, JobSpec, VolumeRequest
from muster.nomad.domain.task import DockerConfig, Resources, TaskSpec, VolumeMount

STARTED = TaskEvent(type="Started", message="Task started by client")
BY_DEADLINE = TaskEvent(type="Alloc Unhealthy", message="Task not running for min_healthy_time of 10s by deadline")


def web_job(*, port: Port | None = None, check: Check | None = None, **task: Any) -> JobSpec:
    """One group `web` with one task `app`, a data volume at /data, and a service with an HTTP check on /health."""
    app = TaskSpec(
        name="app",
        config=DockerConfig(image="registry.example/app:1", ports=("http",)),
        resources=Resources(cpu_mhz=200, memory_mb=128),
        mounts=(VolumeMount(volume="data", destination="/data"),),
    )
    group = GroupSpec(
        name="web",
        network=Network(ports=(port or Port(label="http", to=8080),)),
        services=(Service(name="web", port="http", checks=(check or Check(type="http", path="/health"),)),),
        volumes=(VolumeRequest(name="data", source="data"),),
        tasks=(app.model_copy(update=task),),
        update=Update(),
    )
    return JobSpec(name="web", groups=(group,))


def crashed(*lines: str, code: int = 1, restarts: int = 2, **report: Any) -> Observation:
    """The task ended with that code after printing those lines to standard error."""
    ended = TaskEvent(type="Terminated", message=f"Exit Code: {code}", details={"exit_code": str(code)})
    task = TaskReport(
        allocation="a1",
        group="web",
        task="app",
        state="dead",
        failed=True,
        restarts=restarts,
        exit_code=code,
        events=(STARTED, ended),
        stderr_tail=lines,
    )
    return _observed(task.model_copy(update=report), client_status="failed")


def not_healthy(*lines: str, stdout: tuple[str, ...] = ()) -> Observation:
    """The task runs, printed those lines to standard error, and its check has not passed by the healthy deadline."""
    task = TaskReport(
        allocation="a1",
        group="web",
        task="app",
        state="running",
        events=(STARTED, BY_DEADLINE),
        stderr_tail=lines,
        stdout_tail=stdout,
    )
    return _observed(task, client_status="running")


def not_started(*events: TaskEvent) -> Observation:
    """The task never ran, and these are the newest things that happened to it."""
    task = TaskReport(allocation="a1", group="web", task="app", state="pending", events=events)
    return _observed(task, client_status="pending")


def _observed(task: TaskReport, *, client_status: str) -> Observation:
    allocation = AllocationReport(
        id="a1", name="web.web[0]", group="web", client_status=client_status, healthy=False, tasks=(task,)
    )
    return Observation(allocations=(allocation,), evaluation_status="complete", deployment_id="d1")
