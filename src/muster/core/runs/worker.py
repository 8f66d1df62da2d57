"""`python -m muster.core.runs.worker`: reads one order from standard input, leaves its caller, and carries it out."""

import os
import sys
from importlib import import_module
from typing import Any

from pydantic import TypeAdapter

from muster.core.agent import AnyAgent
from muster.core.cli import run_cli
from muster.core.clock import SystemClock
from muster.core.errors import RunStateError
from muster.core.observability.logs import set_up_logs
from muster.core.runs.background import Answer, GoOn, Order, Start, last_question
from muster.core.runs.journal import Journal
from muster.core.runs.opening import new_run, old_run
from muster.core.runs.run import Finished, Paused, Run
from muster.core.runs.store import RunStore

_ORDER: TypeAdapter[Start | Answer | GoOn] = TypeAdapter(Order)


def carry_out(order: Start | Answer | GoOn) -> None:
    """Work up to the next question, or to the end. Raises RunStateError where the order comes too late."""
    agent: AnyAgent = import_module(order.agent).AGENT
    settings: Any = agent.load_settings()
    set_up_logs(settings)
    clock = SystemClock()
    if isinstance(order, Start):
        options, state = agent.options.model_validate(order.options), agent.state.model_validate(order.state)
        with new_run(agent, settings, options, intent=order.intent, clock=clock, run_id=order.run_id) as run:
            _deliver(run, run.start(state))
        return
    with old_run(agent, RunStore(settings.muster_home).folder(order.run_id), clock=clock) as run:
        _deliver(run, _answered(run, order) if isinstance(order, Answer) else run.go_on())


def _answered(run: Run[Any, Any, Any, Any], order: Answer) -> Paused | Finished[Any]:
    """The run is locked by now, so nobody answers in between."""
    asked = last_question(Journal(run.folder.journal, SystemClock()).entries())
    if asked is None or asked[0] != order.asked_at or run.pending_form() is None:
        raise RunStateError("somebody else answered that question before", advice="Look at the run again.")
    return run.answer(order.answers)


def _deliver(run: Run[Any, Any, Any, Any], ending: Paused | Finished[Any]) -> None:
    if isinstance(ending, Finished):
        run.deliver(ending)


def _main() -> None:
    order = _ORDER.validate_json(sys.stdin.buffer.read())
    if os.fork():
        os._exit(0)
    os.setsid()
    run_cli(lambda: carry_out(order))


if __name__ == "__main__":
    _main()
