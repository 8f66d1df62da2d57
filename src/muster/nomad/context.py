"""What the nodes work with: the ports, picked by `wiring`, never stored."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from muster.core.clock import Clock
from muster.core.limits import Limits
from muster.core.llm.ports import Model
from muster.core.prompts.library import PromptLibrary
from muster.core.runs.events import EventKind, RunEvent
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.ports import Catalog, Cluster, Codebase, Registry, Router, Secrets


@dataclass(frozen=True)
class Policy:
    """How a run behaves, decided by settings and options."""

    verification_timeout_s: float = 300.0
    keep_failed: bool = False
    """Leave a job that failed for good on the cluster, for a human to look at."""
    anew: bool = False
    """No job file can be the base: what is asked for is written anew."""
    defaults: SpecDefaults = field(default_factory=SpecDefaults)


@dataclass(frozen=True)
class Estate:
    """The services around the cluster; None: not configured, or the user goes on without it."""

    secrets: Secrets | None = None
    catalog: Catalog | None = None
    router: Router | None = None
    registry: Registry | None = None


@dataclass(frozen=True)
class Context:
    """The ports of one run.

    `cluster` is None where none is needed: `generate` never talks to one. `model` is None where none is configured:
    rules do the work alone.
    """

    codebase: Codebase
    cluster: Cluster | None
    clock: Clock
    limits: Limits
    policy: Policy
    prompts: PromptLibrary
    model: Model | None = None
    estate: Estate = field(default_factory=Estate)

    def say(
        self, node: str, kind: EventKind, text: str, *, detail: str = "", data: dict[str, JsonValue] | None = None
    ) -> RunEvent:
        """One line of the run's story, stamped with the run's clock."""
        return RunEvent(at=self.clock.now(), node=node, kind=kind, text=text, detail=detail, data=data or {})
