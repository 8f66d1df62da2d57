"""What the nodes work with: the ports, picked by `wiring`, never stored."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from muster.core.clock import Clock
from muster.core.limits import Limits
from muster.core.memory.forgiving import NoMemory
from muster.core.memory.ports import Memory
from muster.core.runs.events import EventKind, RunEvent
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.ports import Advisor, Analyst, Cluster, Codebase, Estate


@dataclass(frozen=True)
class Policy:
    """How a run behaves, decided by settings and options."""

    verification_timeout_s: float = 300.0
    keep_failed: bool = False
    """Leave a job that failed for good on the cluster, for a human to look at."""
    verbose: bool = False
    """Tell also what is well."""
    anew: bool = False
    """No job file can be the base: what is asked for is written anew."""
    defaults: SpecDefaults = field(default_factory=SpecDefaults)
    cluster: str = ""
    """What memory calls the cluster."""
    allow_route_conflict: str = ""
    """The reason why a route that another job has may be taken; empty: it may not."""
    conventions_path: str = ""
    """Key of Consul's store that holds the conventions."""


@dataclass(frozen=True)
class Context:
    """The ports of one run.

    `cluster` is None where none is needed: `generate` reads the one that the settings name, if any. Analyst and advisor
    are rules alone where no model is configured.
    """

    codebase: Codebase
    cluster: Cluster | None
    clock: Clock
    limits: Limits
    policy: Policy
    analyst: Analyst
    advisor: Advisor
    estate: Estate = field(default_factory=Estate)
    memory: Memory = field(default_factory=NoMemory)
    run_id: str = ""

    def say(
        self, node: str, kind: EventKind, text: str, *, detail: str = "", data: dict[str, JsonValue] | None = None
    ) -> RunEvent:
        """One line of the run's story, stamped with the run's clock."""
        return RunEvent(at=self.clock.now(), node=node, kind=kind, text=text, detail=detail, data=data or {})
