"""The whole graph through an executor: scripts that keep the protocol and train nothing, a store that outlives a
restart."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from aegis.executors.sandboxes import METRIC
from aegis.walks import evaluated
from aegis.worlds import World
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.workload import Ended, Job, Metric, Stopping
from muster.aegis.graph import build_graph
from muster.aegis.ports import Executor
from muster.aegis.settings import AegisSettings, Options
from muster.aegis.state import State
from muster.aegis.wiring import open_context
from muster.core.settings import load_settings
from muster.core.testing.clock import FakeClock

TRAINS = METRIC + (
    "assert open('inputs/data.jsonl').read() and open('inputs/model/config.json').read()\n"
    "import os; os.mkdir('outputs/artefact')\n"
    "for step in range(1, 4): tell(step, loss=3.0 - 0.5 * step, grad_norm=1.0, tokens=100 * step)\n"
    "open('outputs/artefact/adapter_model.safetensors', 'w').write('weights')\n"
    "open('outputs/result.json', 'w').write('{\"status\": \"finished\"}')\n"
)
NEVER_ENDS = METRIC + (
    "import os, signal, sys, time\n"
    "def leave(*_):\n"
    "    os.makedirs('outputs/checkpoints/checkpoint-1')\n"
    "    open('outputs/checkpoints/checkpoint-1/trainer_state.json', 'w').write('{\"global_step\": 1}')\n"
    "    open('outputs/result.json', 'w').write('{\"status\": \"stopped\"}')\n"
    "    sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, leave)\n"
    "tell(1, loss=2.5, grad_norm=1.0)\n"
    "while True: time.sleep(0.01)\n"
)


@dataclass(frozen=True)
class Cheap:
    """Satisfies `CodeGenerator`."""

    trains: str = TRAINS

    def training(self, spec: TrainingSpec) -> str:
        return self.trains

    def evaluation(self, spec: TrainingSpec) -> str:
        measured = evaluated().files["evaluation.json"].decode()
        reads = "assert open('inputs/artefact/adapter_model.safetensors').read() == 'weights'\n"
        return f"{reads}open('outputs/evaluation.json', 'w').write({json.dumps(measured)})\n"


class HastyClock(FakeClock):
    """Hours pass whenever somebody looks at the time of day; a silence is not longer for it."""

    def now(self) -> datetime:
        self._now += timedelta(hours=6)
        return self._now


class KilledError(Exception):
    """aegis was killed here."""


@dataclass(frozen=True)
class DiesFollowing:
    """An executor, until the first metric is told."""

    real: Executor

    @property
    def name(self) -> str:
        return self.real.name

    def find(self, name: str) -> Job | None:
        return self.real.find(name)

    def submit(self, workload: Any) -> Job:
        return self.real.submit(workload)

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        raise KilledError

    def stop(self, job: Job, why: Stopping) -> None:
        raise AssertionError(why)

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        raise AssertionError(job)


@dataclass
class WholeRun:
    """`settings` by name, lower case; `executor` in place of the one that they name."""

    world: World
    words: str
    settings: dict[str, Any]
    executor: Executor | None = None
    generator: Cheap = Cheap()
    hasty: bool = False
    saver: InMemorySaver = field(default_factory=InMemorySaver)

    def start(self, *, dies: bool = False) -> State:
        self.world.edit("config.json", intermediate_size=32)
        asked = f"LoRA fine-tune {self.world.model} on {self.world.data} under $2, micro batch 8 {self.words}"
        return self._invoke(State(words=asked), dies=dies)

    def go_on(self) -> State:
        """As another process of aegis would."""
        return self._invoke(None, dies=False)

    def _invoke(self, step: State | None, *, dies: bool) -> State:
        graph = build_graph().compile(checkpointer=self.saver)
        with ExitStack() as stack:
            context = stack.enter_context(open_context(self._settings(), Options(), "r1"))
            pick = (lambda _: self.executor) if self.executor else context.executor
            picked = (lambda name: DiesFollowing(pick(name))) if dies else pick
            clock = HastyClock() if self.hasty else context.clock
            context = replace(context, executor=picked, generator=self.generator, clock=clock)
            return State.model_validate(
                graph.invoke(step, {"configurable": {"thread_id": "r1"}}, context=context, durability="sync")
            )

    def _settings(self) -> AegisSettings:
        given = {"muster_home": self.world.folder / "home", "memory_enabled": "false", **self.settings}
        file = self.world.folder / "env"
        file.write_text("".join(f"{name.upper()}={value}\n" for name, value in given.items()))
        return load_settings(AegisSettings, env_file=file)
