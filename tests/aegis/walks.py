"""Walks aegis' graph over fakes: scripted jobs, a clock that jobs move, answers by question id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.runtime import Runtime
from langgraph.types import Command

from aegis.fakes import Play, ScriptedExecutor
from aegis.worlds import HERE, World
from muster.aegis.agent import verdict_of
from muster.aegis.context import Context, Prices
from muster.aegis.domain.evaluation.measured import Measured, Measurement
from muster.aegis.domain.workload import Ended, Job, Metric, Stopping
from muster.aegis.generators.template import TemplateGenerator
from muster.aegis.graph import build_graph
from muster.aegis.profilers.prices import local_offer
from muster.aegis.state import State
from muster.aegis.tools.disk_workspace import DiskWorkspace
from muster.aegis.tools.local_inputs import LocalInputs
from muster.aegis.tools.rules_intent_parser import RulesIntentParser
from muster.core.agent import Verdict
from muster.core.limits import Limits
from muster.core.testing.clock import FakeClock

TRAINED = Play(files={"artefact/adapter_model.safetensors": b"weights"})
OUT_OF_MEMORY = Play(exit_status=137, oom_kills=1)


def evaluated(tuned: float = 1.0, *, rows: int = 28) -> Play:
    """An evaluation: the base's loss is 2 nats a token."""
    measured = Measurement(base=Measured(losses=(2.0,) * rows), tuned=Measured(losses=(tuned,) * rows))
    text = f'{{"measurement": {measured.model_dump_json()}}}'
    return Play(files={"evaluation.json": text.encode()})


@dataclass
class SlowExecutor(ScriptedExecutor):
    """Each metric takes `seconds`; every job goes as the plays say, or as its phase does when all is well."""

    clock: FakeClock = field(default_factory=FakeClock)
    seconds: float = 60.0

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        self._known(job.name)

        def seen(metric: Metric) -> Stopping | None:
            if job.name in self.stopped:
                return None
            self.clock.advance(self.seconds)
            return see(metric)

        return super().follow(job, seen)

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        self._known(job.name)
        return super().collect(job, into)

    def _known(self, name: str) -> None:
        self.plays.setdefault(name, TRAINED if "-train-" in name else evaluated())


@dataclass
class Walk:
    """A run, from its words to its verdict."""

    world: World
    words: str = ""
    plays: dict[str, Play] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    usd_per_hour: float = 0.0
    max_attempts: int = 3
    artefact: str = ""
    """Given: it is evaluated, and nothing trained."""
    seconds: float = 60.0

    def __post_init__(self) -> None:
        self.world.edit("config.json", intermediate_size=32)
        self.executor = SlowExecutor(plays=dict(self.plays), seconds=self.seconds)
        self.asked: list[str] = []
        self._graph = build_graph().compile(checkpointer=InMemorySaver())

    @property
    def jobs(self) -> list[str]:
        return [workload.name for workload in self.executor.submitted]

    def run(self) -> State:
        asked = f"LoRA fine-tune {self.world.model} on {self.world.data} under $2, micro batch 8 {self.words}"
        step: Any = State(words=asked, artefact=self.artefact, only_eval=bool(self.artefact))
        config: Any = {"configurable": {"thread_id": "walk"}}
        while True:
            self._graph.invoke(step, config, context=self.context())
            now = self._graph.get_state(config)
            if not now.interrupts:
                return State.model_validate(now.values)
            (pending,) = now.interrupts
            step = Command(resume={pending.id: self._answers(pending.value)})

    def verdict(self) -> Verdict:
        return verdict_of(self.run())

    def _answers(self, form: dict[str, Any]) -> dict[str, Any]:
        self.asked += [question["id"] for question in form["questions"]]
        return {
            question["id"]: self.answers.get(question["id"], question.get("default")) for question in form["questions"]
        }

    def context(self) -> Context:
        return Context(
            parser=RulesIntentParser(),
            inputs=LocalInputs(),
            look_at_target=lambda spec: HERE,
            prices=Prices((), {"sandbox": local_offer(64.0, self.usd_per_hour)}),
            generator=TemplateGenerator(),
            executor=lambda name: self.executor,
            workspace=DiskWorkspace(self.world.folder / "run"),
            clock=self.executor.clock,
            limits=Limits(max_attempts=self.max_attempts),
            run_id="r1",
        )


def runtime(walk: Walk) -> Runtime[Context]:
    """What a node is given that is called by itself."""
    return Runtime(context=walk.context())
