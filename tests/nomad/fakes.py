"""Fakes of nomad-spec's ports, and small values that tests start from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from langgraph.runtime import Runtime
from pydantic import JsonValue

from muster.core.limits import Limits
from muster.core.testing.clock import FakeClock
from muster.nomad.context import Context, Policy
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.outcomes import (
    AllocationReport,
    Cause,
    Observation,
    Placement,
    Planned,
    PlanOutcome,
    Registered,
    Registration,
    TaskEvent,
    TaskReport,
    Undone,
)
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.submission import Submission, submission_of_spec
from muster.nomad.domain.task import DockerConfig, Resources, TaskSpec
from muster.nomad.ports import Advisor, Analyst, ClusterFacts, Watched
from muster.nomad.tools.rules_advisor import RulesAdvisor
from muster.nomad.tools.rules_analyst import RulesAnalyst

FACTS = ClusterFacts(
    address="http://fake",
    version="1.9.0",
    region="global",
    datacenters=("dc1",),
    ready_nodes=1,
    drivers=("docker",),
    largest_node_cpu_mhz=4000,
    largest_node_memory_mb=4096,
)


@dataclass
class RecordingCluster:
    """Satisfies `Cluster`: answers from a script, the last answer for ever, and remembers what it was asked."""

    plans: list[PlanOutcome] = field(default_factory=lambda: [planned()])
    registrations: list[Registration] = field(default_factory=lambda: [registered()])
    watches: list[Watched] = field(default_factory=lambda: [healthy_watch()])
    complaints: Sequence[str] = ()
    there: dict[str, JsonValue] | None = None
    undone: Undone = field(default_factory=lambda: Undone(action="reverted", version=0))
    asked: list[str] = field(default_factory=list)

    def facts(self) -> ClusterFacts:
        self.asked.append("facts")
        return FACTS

    def validate(self, job: Submission) -> tuple[str, ...]:
        self.asked.append("validate")
        return tuple(self.complaints)

    def plan(self, job: Submission) -> PlanOutcome:
        self.asked.append("plan")
        return _next(self.plans)

    def register(self, job: Submission, *, base_index: int) -> Registration:
        self.asked.append(f"register {job.name} at {base_index}")
        return _next(self.registrations)

    def find(self, job: str, *, namespace: str | None = None) -> Registered | None:
        self.asked.append(f"find {job}")
        return None

    def running(self, job: str, *, namespace: str | None = None) -> dict[str, JsonValue] | None:
        return self.there

    def watch(self, registration: Registered, *, timeout_s: float, see: Callable[[Observation], None]) -> Watched:
        self.asked.append(f"watch {registration.job} for {timeout_s:.0f} s")
        watched = _next(self.watches)
        see(watched.observation)
        return watched

    def stop(self, registration: Registered) -> Undone:
        self.asked.append(f"stop {registration.job}")
        return Undone(action="stopped")

    def revert(self, registration: Registered) -> Undone:
        self.asked.append(f"revert {registration.job}")
        return self.undone


@dataclass
class ScriptedCodebase:
    """Satisfies `Codebase`: a repository that says just this."""

    said: tuple[Evidence, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict[str, str])

    def evidence(self, source: str) -> tuple[Evidence, ...]:
        return self.said

    def text(self, source: str, path: str) -> str:
        return self.files[path]

    def material(self, source: str) -> tuple[SourceFile, ...]:
        return tuple(SourceFile(path=path, text=text) for path, text in self.files.items())

    def name(self, source: str) -> str:
        return "shop"


def runtime(
    cluster: RecordingCluster | None = None,
    *,
    max_attempts: int = 3,
    keep: bool = False,
    said: list | None = None,
    analyst: Analyst | None = None,
    advisor: Advisor | None = None,
) -> Runtime[Context]:
    """A runtime over fakes; `said` collects what nodes stream."""
    context = Context(
        codebase=ScriptedCodebase(),
        cluster=cluster,
        clock=FakeClock(),
        limits=Limits(max_attempts=max_attempts),
        policy=Policy(keep_failed=keep),
        analyst=analyst or RulesAnalyst(),
        advisor=advisor or RulesAdvisor(),
    )
    return Runtime(context=context, stream_writer=(said if said is not None else []).append)


def spec(memory_mb: int = 64) -> JobSpec:
    task = TaskSpec(name="web", config=DockerConfig(image="shop:1"), resources=Resources(memory_mb=memory_mb))
    return JobSpec(name="shop", groups=(GroupSpec(name="web", tasks=(task,)),))


def submitted() -> Submission:
    return submission_of_spec(spec())


def planned(base_index: int = 0, *, changed: bool = True, placements: tuple[Placement, ...] = ()) -> Planned:
    replaces = "running" if base_index else "nothing"
    return Planned(
        base_index=base_index, replaces=replaces, diff='+ Job: "shop"', changed=changed, placements=placements
    )


def registered(version: int = 0) -> Registered:
    return Registered(job="shop", namespace="default", evaluation="e1", modify_index=7, version=version)


def healthy_watch() -> Watched:
    return Watched(decided=True, healthy=True, reason="1 running", deadline_s=300, observation=Observation())


def oom_watch() -> Watched:
    """A task that the kernel killed at its memory limit, in Nomad's words."""
    events = (
        TaskEvent(type="Started", message="Task started by client"),
        TaskEvent(
            type="Terminated",
            message='Exit Code: 137, Exit Message: "OOM Killed"',
            details={"exit_code": "137", "oom_killed": "true"},
        ),
    )
    task = TaskReport(
        allocation="a1",
        group="web",
        task="web",
        state="dead",
        failed=True,
        exit_code=137,
        oom_killed=True,
        events=events,
    )
    allocation = AllocationReport(id="a1", name="shop.web[0]", group="web", client_status="failed", tasks=(task,))
    seen = Observation(allocations=(allocation,), deployment_status="failed")
    return Watched(decided=True, healthy=False, reason="it failed", deadline_s=300, observation=seen)


def no_memory() -> Cause:
    return Cause(kind="memory", remedy="rule", summary="web was killed at 64 MB", group="web", task="web")


def _next(script: list):
    return script.pop(0) if len(script) > 1 else script[0]
