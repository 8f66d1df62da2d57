"""A small agent that leaves a trace of every step in a file, and dies or fails in a step when told to."""

import operator
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict

from muster.core.agent import Agent, Section, Verdict
from muster.core.errors import WorkFailedError
from muster.core.gates.questions import Choice, ChoiceQuestion, Form, NumberQuestion
from muster.core.health import Check, Health
from muster.core.runs.asking import ask
from muster.core.runs.events import RunEvent
from muster.core.settings import MusterSettings, load_settings
from muster.core.testing.clock import FakeClock

NODES = ("gather", "choose_size", "act", "check")


class SampleState(BaseModel):
    model_config = ConfigDict(frozen=True)

    goal: str = "box"
    found: str = ""
    size: int = 0
    acted: bool = False
    events: Annotated[list[RunEvent], operator.add] = []


class SampleUpdate(TypedDict, total=False):
    found: str
    size: int
    acted: bool
    events: list[RunEvent]


class SampleOptions(BaseModel):
    model_config = ConfigDict(frozen=True)

    trace: Path
    """The file to which each step appends its name."""
    die_in: str = ""
    """The step that kills its own process, once: the file `<trace>.died` says that it did."""
    fail_in: str = ""
    """The step that raises, for as long as the file `<trace>.heal` is absent."""
    block_in: str = ""
    """The step that waits for a signal, for as long as the file `<trace>.heal` is absent."""
    misspell: bool = False


@dataclass(frozen=True)
class SampleContext:
    options: SampleOptions
    clock: FakeClock

    def enter(self, node: str) -> None:
        with self.options.trace.open("a") as file:
            file.write(node + "\n")
        died = self.options.trace.with_suffix(".died")
        if self.options.die_in == node and not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if self.options.trace.with_suffix(".heal").exists():
            return
        if self.options.fail_in == node:
            raise WorkFailedError(f"no luck in {node}{self.secret()}", advice="Heal it.")
        if self.options.block_in == node:
            signal.pause()

    def secret(self) -> str:
        """What a test planted in `<trace>.secret`."""
        file = self.options.trace.with_suffix(".secret")
        return f": {file.read_text()}" if file.exists() else ""

    def event(self, node: str, text: str, detail: str = "") -> RunEvent:
        text += self.secret()
        return RunEvent(at=self.clock.now(), node=node, kind="acted", text=text, detail=detail, data={"t": text})


def gather(state: SampleState, runtime: Runtime[SampleContext]) -> SampleUpdate:
    runtime.context.enter("gather")
    runtime.stream_writer("half way")
    return {"found": f"a {state.goal}", "events": [runtime.context.event("gather", "looked around")]}


def choose_size(state: SampleState, runtime: Runtime[SampleContext]) -> SampleUpdate:
    answers = ask(
        Form(
            title="Size",
            questions=[
                NumberQuestion(id="size", text="How big?", minimum=1),
                ChoiceQuestion(id="colour", text="Which?", choices=[Choice(value="red")], default=["red"]),
            ],
        )
    )
    runtime.context.enter("choose_size")
    return {"size": answers.number("size")}


def act(state: SampleState, runtime: Runtime[SampleContext]) -> SampleUpdate:
    runtime.context.enter("act")
    if runtime.context.options.misspell:
        return {"actd": True}  # type: ignore[typeddict-unknown-key]  # the fault under test
    return {"acted": True, "events": [runtime.context.event("act", "did it", "+ one\n- two")]}


def check(state: SampleState, runtime: Runtime[SampleContext]) -> SampleUpdate:
    runtime.context.enter("check")
    return {}


def build_graph(options: SampleOptions) -> StateGraph[SampleState, SampleContext, SampleState, SampleState]:
    graph = StateGraph(SampleState, context_schema=SampleContext)
    for node in (gather, choose_size, act, check):
        graph.add_node(node)
    for here, there in zip((START, *NODES), (*NODES, END), strict=True):
        graph.add_edge(here, there)
    return graph


@contextmanager
def build_context(settings: MusterSettings, options: SampleOptions, run_id: str) -> Generator[SampleContext]:
    yield SampleContext(options, FakeClock())


def verdict(state: SampleState) -> Verdict:
    return Verdict(state.size < 100, f"{state.found} of size {state.size}")


def report_sections(state: SampleState) -> tuple[Section, ...]:
    return (Section("The box", f"It is {state.found}."),) if state.found else ()


def scores(state: SampleState) -> dict[str, float]:
    return {"size": float(state.size)}


def checks(settings: MusterSettings) -> tuple[Check, ...]:
    return (Check("warehouse", lambda: Health("ok", detail="open")),)


AGENT = Agent(
    name="sample",
    state=SampleState,
    options=SampleOptions,
    build_graph=build_graph,
    load_settings=lambda: load_settings(MusterSettings),
    build_context=build_context,
    verdict=verdict,
    question_ids=("size", "colour"),
    checks=checks,
    report_sections=report_sections,
    scores=scores,
)
