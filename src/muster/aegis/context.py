"""What the nodes work with: the ports, picked by `wiring`, never stored."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from muster.aegis.domain.estimates import Offer
from muster.aegis.domain.preflight.target_facts import TargetFacts
from muster.aegis.domain.spec import Executor as ExecutorName
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.ports import CodeGenerator, Executor, Inputs, IntentParser, Workspace
from muster.aegis.profilers.offers import Own
from muster.core.clock import Clock
from muster.core.limits import Limits
from muster.core.runs.events import EventKind, RunEvent


@dataclass(frozen=True)
class Prices:
    """What can be had elsewhere, and machines of one's own by the executor that runs on them."""

    offers: tuple[Offer, ...]
    own: Own


@dataclass(frozen=True)
class Context:
    """The ports of one run. `executor` raises UsageError for one that is not configured."""

    parser: IntentParser
    inputs: Inputs
    look_at_target: Callable[[TrainingSpec], TargetFacts]
    prices: Prices
    generator: CodeGenerator
    executor: Callable[[ExecutorName], Executor]
    workspace: Workspace
    clock: Clock
    limits: Limits
    run_id: str = ""

    def say(
        self, node: str, kind: EventKind, text: str, *, detail: str = "", data: dict[str, JsonValue] | None = None
    ) -> RunEvent:
        """One line of the run's story, stamped with the run's clock."""
        return RunEvent(at=self.clock.now(), node=node, kind=kind, text=text, detail=detail, data=data or {})
