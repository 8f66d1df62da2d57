"""What a repair is proposed from, and how one is worded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from muster.core.repairs import Repair
from muster.nomad.domain.outcomes import Cause, Observation
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec
from muster.nomad.domain.values import Text


class Room(Protocol):
    """What must be known of the cluster: its datacenters, and how big its largest node is."""

    @property
    def datacenters(self) -> tuple[str, ...]:
        """Datacenters with at least one node."""
        ...

    @property
    def ready_nodes(self) -> int:
        """Nodes that take jobs."""
        ...

    @property
    def largest_node_cpu_mhz(self) -> int:
        """0 where unknown."""
        ...

    @property
    def largest_node_memory_mb(self) -> int:
        """0 where unknown."""
        ...

    @property
    def consul(self) -> bool:
        """Whether the cluster has Consul."""
        ...


def may_have_consul(cluster: Room | None) -> bool:
    """False where the nodes could be read and have none."""
    return cluster is None or cluster.consul or not cluster.ready_nodes


def lies_in_spec(cause: Cause, spec: JobSpec) -> bool:
    """Whether it is about the job, or a task that the spec holds: a job that existed before may have others."""
    if not cause.group:
        return True
    tasks = [task.name for group in spec.groups if group.name == cause.group for task in group.tasks]
    return cause.task in tasks if cause.task else bool(tasks)


@dataclass(frozen=True)
class Situation:
    """A failure, the job as it is, and what was tried before."""

    cause: Cause
    observation: Observation
    spec: JobSpec
    cluster: Room | None
    tried: tuple[Repair[SpecPatch], ...]
    known_env: Mapping[str, Text]

    @property
    def group(self) -> GroupSpec:
        """The group that the cause lies in. Raises KeyError when it is not in the job."""
        return self.spec.group(self.cause.group)

    @property
    def task(self) -> TaskSpec:
        """The task that the cause lies in. Raises KeyError when it is not in the job."""
        return self.spec.task(self.cause.group, self.cause.task)


Proposer = Callable[[Situation], Iterable[Repair[SpecPatch]]]


def proposal(patch: SpecPatch, reason: str, effect: str) -> Repair[SpecPatch]:
    """A repair without its diff, which needs a renderer."""
    return Repair[SpecPatch](patch=patch, reason=reason, expected_effect=effect)
