"""The part of a job that the simulation acts on, typed; durations in nanoseconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Constraint:
    """`ltarget operand rtarget`, as the job writes it."""

    ltarget: str
    operand: str
    rtarget: str


@dataclass(frozen=True)
class Affinity:
    """A constraint that a node should rather meet, or rather not when its weight is negative."""

    ltarget: str
    operand: str
    rtarget: str
    weight: int

    @property
    def rule(self) -> Constraint:
        """The same as a constraint."""
        return Constraint(self.ltarget, self.operand, self.rtarget)


@dataclass(frozen=True)
class Spread:
    """How allocations are divided over an attribute's values; without targets evenly. Targets are percentages."""

    attribute: str
    weight: int
    targets: Mapping[str, int]


@dataclass(frozen=True)
class DeviceRequest:
    """Devices that a task asks for, such as two of `nvidia/gpu`."""

    name: str
    count: int
    constraints: tuple[Constraint, ...] = ()
    affinities: tuple[Affinity, ...] = ()


@dataclass(frozen=True)
class PortSpec:
    """A port that a group asks for; `static` 0 is dynamic, `to` 0 is "the same as on the host"."""

    label: str
    static: int
    to: int


@dataclass(frozen=True)
class RestartSpec:
    """How often a task may start again on its node."""

    attempts: int
    interval_ns: int
    delay_ns: int
    mode: str


@dataclass(frozen=True)
class RescheduleSpec:
    """How often a failed allocation may be placed anew."""

    attempts: int
    interval_ns: int
    delay_ns: int
    delay_function: str
    max_delay_ns: int
    unlimited: bool


@dataclass(frozen=True)
class UpdateSpec:
    """How a group is rolled out."""

    max_parallel: int
    health_check: str
    min_healthy_ns: int
    healthy_deadline_ns: int
    progress_deadline_ns: int
    auto_revert: bool
    canary: int
    auto_promote: bool = False


@dataclass(frozen=True)
class CheckSpec:
    """A service's check; `restart_limit` 0 means that it restarts nothing."""

    name: str
    kind: str
    port: str
    path: str
    interval_ns: int
    timeout_ns: int
    restart_limit: int
    restart_grace_ns: int
    task: str


@dataclass(frozen=True)
class ServiceSpec:
    """A service of a group, or of a task when `task` is set."""

    name: str
    port: str
    provider: str
    task: str
    tags: tuple[str, ...]
    checks: tuple[CheckSpec, ...]


@dataclass(frozen=True)
class MountSpec:
    """A group's volume inside a task."""

    volume: str
    destination: str
    read_only: bool


@dataclass(frozen=True)
class VolumeSpec:
    """A volume that a group asks for."""

    name: str
    kind: str
    source: str
    read_only: bool
    per_alloc: bool = False
    access_mode: str = ""
    attachment_mode: str = ""


@dataclass(frozen=True)
class TemplateSpec:
    """A template of a task."""

    text: str
    destination: str
    env: bool
    left: str
    right: str


@dataclass(frozen=True)
class TaskSpec:
    """One task of a group."""

    name: str
    driver: str
    config: Mapping[str, Any]
    env: Mapping[str, str]
    user: str
    hook: str
    sidecar: bool
    leader: bool
    kill_timeout_ns: int
    cpu: int
    memory_mb: int
    memory_max_mb: int
    cores: int
    devices: tuple[DeviceRequest, ...]
    restart: RestartSpec
    constraints: tuple[Constraint, ...]
    affinities: tuple[Affinity, ...]
    templates: tuple[TemplateSpec, ...]
    artifacts: tuple[str, ...]
    mounts: tuple[MountSpec, ...]
    vault_policies: tuple[str, ...]
    """Empty where it has no token of Vault."""


@dataclass(frozen=True)
class GroupSpec:
    """One task group."""

    name: str
    count: int
    constraints: tuple[Constraint, ...]
    affinities: tuple[Affinity, ...]
    spreads: tuple[Spread, ...]
    network_mode: str
    ports: tuple[PortSpec, ...]
    disk_mb: int
    sticky: bool
    volumes: tuple[VolumeSpec, ...]
    services: tuple[ServiceSpec, ...]
    tasks: tuple[TaskSpec, ...]
    update: UpdateSpec | None
    reschedule: RescheduleSpec | None
    migrate_parallel: int
    stop_after_ns: int | None

    @property
    def cpu(self) -> int:
        """MHz of all its tasks."""
        return sum(task.cpu for task in self.tasks)

    @property
    def memory_mb(self) -> int:
        """MiB of all its tasks."""
        return sum(task.memory_mb for task in self.tasks)

    def task(self, name: str) -> TaskSpec | None:
        """Its task of that name."""
        return next((task for task in self.tasks if task.name == name), None)


@dataclass(frozen=True)
class JobSpec:
    """A job as the scheduler and the clients see it."""

    kind: str
    priority: int
    datacenters: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    affinities: tuple[Affinity, ...]
    spreads: tuple[Spread, ...]
    groups: tuple[GroupSpec, ...]
    stagger_ns: int = 0
    max_parallel: int = 0

    @property
    def everywhere(self) -> bool:
        """Whether it runs once on each node that will do."""
        return self.kind in ("system", "sysbatch")

    def group(self, name: str) -> GroupSpec | None:
        """Its group of that name."""
        return next((group for group in self.groups if group.name == name), None)
