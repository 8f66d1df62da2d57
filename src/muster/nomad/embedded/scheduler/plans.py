"""What one evaluation wants to change, collected by the reconciler and carried out by the processor."""

from dataclasses import dataclass, field, replace

from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.values import Allocation, Deployment, GroupProgress

NOT_NEEDED = "alloc not needed due to job update"
UPDATING = "alloc is being updated due to job update"
RESCHEDULED = "alloc was rescheduled because it failed"
MIGRATING = "alloc is being migrated"
LOST = "alloc is lost since its node is down"
NODE_TAINTED = "alloc not needed as node is tainted"


@dataclass(frozen=True)
class Place:
    """An allocation to place; `previous` is the one that it replaces, `destructive` stops it in the same breath.

    `downgrading` ones keep an older version while canaries wait for their promotion; `node_id` allows one node alone.
    """

    group: GroupSpec
    name: str
    previous: Allocation | None = None
    rescheduling: bool = False
    destructive: bool = False
    canary: bool = False
    downgrading: bool = False
    lost: bool = False
    node_id: str = ""


@dataclass(frozen=True)
class Stop:
    """An allocation to stop and why; a lost one will never say so itself."""

    allocation: Allocation
    reason: str
    lost: bool = False


@dataclass
class Counts:
    """What a plan's annotations say about a group."""

    ignore: int = 0
    place: int = 0
    canary: int = 0
    migrate: int = 0
    stop: int = 0
    in_place: int = 0
    destructive: int = 0

    def render(self) -> dict[str, int]:
        """The counts as the API shows them."""
        return {
            "Canary": self.canary,
            "DestructiveUpdate": self.destructive,
            "Ignore": self.ignore,
            "InPlaceUpdate": self.in_place,
            "Migrate": self.migrate,
            "Place": self.place,
            "Preemptions": 0,
            "Stop": self.stop,
        }


@dataclass
class Wanted:
    """The reconciler's result."""

    stops: list[Stop] = field(default_factory=list[Stop])
    places: list[Place] = field(default_factory=list[Place])
    in_place: list[Allocation] = field(default_factory=list[Allocation])
    later: list[tuple[Allocation, int]] = field(default_factory=list[tuple[Allocation, int]])
    counts: dict[str, Counts] = field(default_factory=dict[str, Counts])
    deployment: Deployment | None = None
    created_deployment: bool = False
    deployment_changes: list[Deployment] = field(default_factory=list[Deployment])
    rolling_on: bool = False

    def stop(self, allocation: Allocation, reason: str, *, lost: bool = False) -> None:
        """Ask for an allocation's end."""
        self.stops.append(Stop(allocation, reason, lost))

    def join_deployment(self, group: str, progress: GroupProgress, fresh: Deployment) -> None:
        """Let a group take part in the new deployment, which the first such group opens."""
        deployment = self.deployment if self.created_deployment and self.deployment else fresh
        self.deployment = replace(deployment, groups={**deployment.groups, group: progress})
        self.created_deployment = True
