"""What can happen to a job: values to be matched, each with the evidence a human would ask for."""

from typing import Annotated, Literal

from pydantic import Field

from muster.nomad.domain.values import Part


class TaskEvent(Part):
    """One line of a task's history, in the words of the cluster. `at_s` is seconds since the epoch."""

    type: str
    message: str
    at_s: float = 0.0
    details: dict[str, str] = {}


class TaskReport(Part):
    """One task of one allocation: what it went through, and the last lines it wrote (redacted)."""

    allocation: str
    group: str
    task: str
    state: str
    failed: bool = False
    restarts: int = 0
    exit_code: int | None = None
    oom_killed: bool = False
    events: tuple[TaskEvent, ...] = ()
    stdout_tail: tuple[str, ...] = ()
    stderr_tail: tuple[str, ...] = ()


class AllocationReport(Part):
    """One allocation. `healthy` is the deployment's verdict; None while there is none."""

    id: str
    name: str
    group: str
    node: str = ""
    client_status: str
    desired_status: str = "run"
    description: str = ""
    healthy: bool | None = None
    tasks: tuple[TaskReport, ...] = ()


class Placement(Part):
    """Why a group found no node: Nomad's metrics of a failed placement."""

    group: str
    nodes_evaluated: int = 0
    nodes_filtered: int = 0
    nodes_exhausted: int = 0
    nodes_available: dict[str, int] = {}
    constraint_filtered: dict[str, int] = {}
    dimension_exhausted: dict[str, int] = {}
    class_filtered: dict[str, int] = {}
    coalesced_failures: int = 0


class Observation(Part):
    """Everything seen of a job at the end of watching it: the material that a failure is classified from."""

    placements: tuple[Placement, ...] = ()
    blocked: bool = False
    """Whether an evaluation of the job waits for room now, whatever was placed before."""
    allocations: tuple[AllocationReport, ...] = ()
    evaluation_status: str = ""
    deployment_id: str = ""
    deployment_status: str = ""
    deployment_description: str = ""
    job_status: str = ""
    refusal: str = ""
    """The cluster's own words where it refused to take the job at all."""
    watched_s: float = 0.0


CauseKind = Literal[
    "memory",
    "cpu",
    "disk",
    "port_collision",
    "image_not_found",
    "image_auth",
    "image_pull",
    "driver",
    "driver_config",
    "datacenter",
    "constraint",
    "capacity",
    "check_path",
    "check_port",
    "check_timing",
    "crash",
    "command_not_found",
    "missing_env",
    "volume_permission",
    "volume_missing",
    "missing_secret",
    "template",
    "vault",
    "acl",
    "namespace",
    "invalid_job",
    "route_conflict",
    "unreachable_dependency",
    "cluster_away",
    "superseded",
    "unknown",
]

Remedy = Literal["rule", "human", "none"]


class Cause(Part):
    """The one reason that explains a failure best, where it is, and the facts that a repair needs."""

    kind: CauseKind
    remedy: Remedy
    summary: str
    """One sentence, with the numbers."""
    advice: str = ""
    """What a human would do about it."""
    group: str = ""
    task: str = ""
    facts: dict[str, str] = {}
    quotes: tuple[str, ...] = ()
    """The lines of evidence that decided it, verbatim."""

    @property
    def fixable(self) -> bool:
        """Whether a rule may cure it without a human."""
        return self.remedy == "rule"


class Healthy(Part):
    """Every group runs as many healthy allocations as it should (or a batch job completed)."""

    kind: Literal["healthy"] = "healthy"
    observation: Observation
    summary: str = ""


class Failed(Part):
    """The job will not become healthy as it is."""

    kind: Literal["failed"] = "failed"
    cause: Cause
    observation: Observation


class TimedOut(Part):
    """Our deadline passed before the cluster knew either way."""

    kind: Literal["timed_out"] = "timed_out"
    deadline_s: float
    observation: Observation


class Unpromoted(Part):
    """The canaries are healthy; the old version runs on until a person promotes the new one."""

    kind: Literal["unpromoted"] = "unpromoted"
    deployment: str
    namespace: str = ""
    observation: Observation

    @property
    def command(self) -> str:
        """What promotes it, by Nomad's own command line."""
        scope = f"-namespace {self.namespace} " if self.namespace not in ("", "default") else ""
        return f"nomad deployment promote {scope}{self.deployment}"


Outcome = Annotated[Healthy | Failed | TimedOut | Unpromoted, Field(discriminator="kind")]


class Planned(Part):
    """The cluster could take the job. `base_index` is what register must enforce; 0 means that no such job exists."""

    kind: Literal["planned"] = "planned"
    base_index: int
    replaces: Literal["nothing", "stopped", "running"]
    """What of that name is there now. Only a running job is something to revert to."""
    diff: str
    """The plan's diff, as text; empty when nothing would change."""
    changed: bool = True
    warnings: tuple[str, ...] = ()
    placements: tuple[Placement, ...] = ()
    """Groups that would find no node now: registered all the same, they would wait."""


class Refused(Part):
    """The cluster would not take the job: invalid, a namespace that does not exist, no permission."""

    kind: Literal["refused"] = "refused"
    cause: Cause


PlanOutcome = Annotated[Planned | Refused, Field(discriminator="kind")]


class Registered(Part):
    """The job is in. `evaluation` is empty for periodic and parameterized jobs."""

    kind: Literal["registered"] = "registered"
    job: str
    namespace: str
    evaluation: str
    modify_index: int
    version: int
    already_there: bool = False
    """The cluster had exactly this job from us: an earlier, interrupted attempt had registered it."""


class Undone(Part):
    """What became of a registration that had to be undone."""

    action: Literal["stopped", "reverted", "changed", "no_good_version"]
    """`changed`: the job is no longer the one that was registered, and was left alone."""
    version: int | None = None
    """The version that stands now, where one does."""
    settled: bool = True
    """Whether the end was seen: no allocation runs any more, or the earlier version is healthy again."""


class Stale(Part):
    """Somebody changed the job since the plan: plan again."""

    kind: Literal["stale"] = "stale"
    expected_index: int
    actual_index: int


Registration = Annotated[Registered | Stale | Refused, Field(discriminator="kind")]
