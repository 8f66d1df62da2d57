"""The job spec: the part of Nomad's job that docker jobs use, frozen. The source of truth of a run.

A renderer turns it into HCL or the API's JSON; a repair changes it by `model_copy`. Nothing here knows where a value
came from; `reasons` keeps that beside the spec, by path.
"""

from typing import Literal, NoReturn, Self

from pydantic import Field, JsonValue

from muster.nomad.domain.network import Network, Service
from muster.nomad.domain.policies import Affinity, Constraint, Migrate, Periodic, Reschedule, Restart, Spread, Update
from muster.nomad.domain.task import TaskSpec
from muster.nomad.domain.values import Part

JobType = Literal["service", "batch", "system", "sysbatch"]


class Variable(Part):
    """An HCL2 `variable` block. Without a default, `deploy` asks for the value or refuses; `missing` is its comment."""

    name: str
    type: Literal["string", "number", "bool", "list(string)"] = "string"
    default: JsonValue = None
    description: str = ""
    missing: str = ""
    """What could not be found out, and where it was looked for."""


class VolumeRequest(Part):
    """A volume that the group asks for: a host volume of the node, or a CSI volume."""

    name: str
    type: Literal["host", "csi"] = "host"
    source: str
    read_only: bool = False
    access_mode: str | None = None
    attachment_mode: str | None = None
    per_alloc: bool = False


class EphemeralDisk(Part):
    """The allocation's own disk."""

    size_mb: int = 300
    sticky: bool = False
    migrate: bool = False


class GroupSpec(Part):
    """Tasks that run together on one node, `count` times."""

    name: str
    count: int = 1
    network: Network | None = None
    services: tuple[Service, ...] = ()
    volumes: tuple[VolumeRequest, ...] = ()
    tasks: tuple[TaskSpec, ...]
    constraints: tuple[Constraint, ...] = ()
    affinities: tuple[Affinity, ...] = ()
    spreads: tuple[Spread, ...] = ()
    update: Update | None = None
    restart: Restart | None = None
    reschedule: Reschedule | None = None
    migrate: Migrate | None = None
    ephemeral_disk: EphemeralDisk | None = None
    shutdown_delay_s: float | None = None
    meta: dict[str, str] = {}


class JobSpec(Part):
    """A whole job."""

    name: str
    type: JobType = "service"
    region: str | None = None
    namespace: str | None = None
    datacenters: tuple[str, ...] = ("dc1",)
    node_pool: str | None = None
    priority: int | None = None
    variables: tuple[Variable, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    affinities: tuple[Affinity, ...] = ()
    spreads: tuple[Spread, ...] = ()
    update: Update | None = None
    periodic: Periodic | None = None
    meta: dict[str, str] = {}
    groups: tuple[GroupSpec, ...]
    reasons: dict[str, str] = Field(default_factory=dict)
    """Why a value is what it is, by path: `group.web.network.port.http.to` -> `EXPOSE 5000 (Dockerfile:9)`.

    Paths are HCL block names and labels joined by dots; a task is `group.G.task.T...`. The renderer writes a
    reason as a comment beside its attribute; it is no part of the job.
    """

    def missing_variables(self) -> tuple[Variable, ...]:
        """The variables without a default: what must be answered before the job can run."""
        return tuple(variable for variable in self.variables if variable.default is None)

    def group(self, name: str) -> GroupSpec:
        """The group of that name. Raises KeyError when there is none."""
        return next((group for group in self.groups if group.name == name), None) or _absent("group", name)

    def task(self, group: str, name: str) -> TaskSpec:
        """The task of that name in that group. Raises KeyError when there is none."""
        tasks = self.group(group).tasks
        return next((task for task in tasks if task.name == name), None) or _absent("task", name)

    def with_group(self, changed: GroupSpec) -> Self:
        """The same job with the group of that name replaced."""
        groups = tuple(changed if group.name == changed.name else group for group in self.groups)
        return self.model_copy(update={"groups": groups})

    def with_task(self, group: str, changed: TaskSpec) -> Self:
        """The same job with the task of that name in that group replaced."""
        owner = self.group(group)
        tasks = tuple(changed if task.name == changed.name else task for task in owner.tasks)
        return self.with_group(owner.model_copy(update={"tasks": tasks}))


def _absent(kind: str, name: str) -> NoReturn:
    raise KeyError(f"no {kind} named {name!r} in this job")
