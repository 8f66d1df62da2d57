"""What the cluster stores beside jobs: evaluations, deployments, allocations and what their tasks lived through.

Times are integer nanoseconds since the epoch, as Nomad keeps them; None is "never".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from muster.nomad.embedded.state.jobs import Job

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


@dataclass(frozen=True)
class TaskEvent:
    """One line of a task's history; `fields` are the wire fields that differ from their zero."""

    kind: str
    message: str
    time_ns: int
    details: Mapping[str, str]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class TaskState:
    """Where a task stands; `events` keeps the last ten."""

    state: str = "pending"
    failed: bool = False
    restarts: int = 0
    last_restart_ns: int | None = None
    started_ns: int | None = None
    finished_ns: int | None = None
    events: tuple[TaskEvent, ...] = ()


@dataclass(frozen=True)
class AllocatedPort:
    """A port label with the host's port and what it maps to (0: the same)."""

    label: str
    value: int
    to: int
    host_ip: str
    reserved: bool


@dataclass(frozen=True)
class Health:
    """What a client said about an allocation's health; `modify_index` is set when the server hears it."""

    healthy: bool
    timestamp_ns: int | None
    modify_index: int = 0


@dataclass(frozen=True)
class RescheduleEvent:
    """One earlier attempt of a rescheduled allocation."""

    time_ns: int
    previous_id: str
    previous_node_id: str
    delay_ns: int


@dataclass(frozen=True)
class Placement:
    """How a node was chosen: the scheduler's metric for the allocation."""

    nodes_available: Mapping[str, int]
    nodes_evaluated: int
    scores: tuple[tuple[str, float, Mapping[str, float]], ...]
    filtered: Mapping[str, int] = field(default_factory=dict[str, int])
    exhausted: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class GrantedDevice:
    """Devices of one kind that a task was given, by their ids."""

    vendor: str
    kind: str
    name: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Granted:
    """What the scheduler decided on for single tasks: devices, whole cores with their MHz, room for more memory."""

    devices: Mapping[str, tuple[GrantedDevice, ...]] = field(default_factory=dict[str, tuple[GrantedDevice, ...]])
    cores: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    core_mhz: int = 0
    oversubscribed: bool = False


@dataclass(frozen=True)
class Allocation:
    """One copy of a task group on a node."""

    id: str
    eval_id: str
    name: str
    job: Job
    group: str
    node_id: str
    node_name: str
    create_ns: int
    modify_ns: int
    placement: Placement
    ports: tuple[AllocatedPort, ...] = ()
    granted: Granted = field(default_factory=Granted)
    deployment_id: str = ""
    desired_status: str = "run"
    desired_description: str = ""
    reschedule_requested: bool = False
    force_reschedule: bool = False
    migrate_requested: bool = False
    canary: bool = False
    canary_index: int = 0
    client_status: str = "pending"
    client_description: str = ""
    tasks: Mapping[str, TaskState] = field(default_factory=dict[str, TaskState])
    health: Health | None = None
    followup_eval_id: str = ""
    previous_id: str = ""
    next_id: str = ""
    reschedules: tuple[RescheduleEvent, ...] = ()
    create_index: int = 0
    modify_index: int = 0
    alloc_modify_index: int = 0

    @property
    def client_terminal(self) -> bool:
        """Whether its tasks will not run again."""
        return self.client_status in ("complete", "failed", "lost")

    @property
    def terminal(self) -> bool:
        """Whether it is finished or told to stop."""
        return self.desired_status in ("stop", "evict") or self.client_terminal


@dataclass(frozen=True)
class Evaluation:
    """One run of the scheduler for one job."""

    id: str
    job_id: str
    namespace: str
    kind: str
    priority: int
    triggered_by: str
    create_ns: int
    modify_ns: int
    job_modify_index: int = 0
    status: str = "pending"
    status_description: str = ""
    deployment_id: str = ""
    previous_eval: str = ""
    blocked_eval: str = ""
    wait_until_ns: int | None = None
    node_id: str = ""
    node_modify_index: int = 0
    queued: Mapping[str, int] | None = None
    failed_groups: Mapping[str, Mapping[str, Any]] | None = None
    class_eligibility: Mapping[str, bool] | None = None
    escaped_class: bool = False
    snapshot_index: int = 0
    create_index: int = 0
    modify_index: int = 0

    @property
    def terminal(self) -> bool:
        """Whether the scheduler is done with it."""
        return self.status in ("complete", "failed", "canceled")


@dataclass(frozen=True)
class GroupProgress:
    """A deployment's count for one task group; `placed_canaries` are ids of allocations."""

    desired_total: int
    auto_revert: bool
    progress_deadline_ns: int
    auto_promote: bool = False
    desired_canaries: int = 0
    placed_canaries: tuple[str, ...] = ()
    promoted: bool = False
    require_progress_by_ns: int | None = None
    placed: int = 0
    healthy: int = 0
    unhealthy: int = 0

    @property
    def awaits_promotion(self) -> bool:
        """Whether its canaries have the last word."""
        return self.desired_canaries > 0 and not self.promoted

    @property
    def progressed(self) -> bool:
        """Whether enough is healthy for the stage that it is in."""
        return self.healthy >= (self.desired_canaries if self.awaits_promotion else self.desired_total)


@dataclass(frozen=True)
class Deployment:
    """The rollout of one job version."""

    id: str
    job_id: str
    namespace: str
    job_version: int
    job_create_index: int
    job_modify_index: int
    groups: Mapping[str, GroupProgress]
    status: str = "running"
    status_description: str = "Deployment is running"
    create_index: int = 0
    modify_index: int = 0

    @property
    def active(self) -> bool:
        """Whether it still goes on."""
        return self.status in ("running", "paused")

    @property
    def requires_promotion(self) -> bool:
        """Whether some group waits for its canaries to be promoted."""
        return any(group.awaits_promotion for group in self.groups.values())

    @property
    def promotes_itself(self) -> bool:
        """Whether every group is promoted without being asked."""
        return bool(self.groups) and all(group.auto_promote for group in self.groups.values())
