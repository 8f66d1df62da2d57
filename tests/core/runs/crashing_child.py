"""Starts a sample run in a process of its own, to be ended in the middle: HOME TRACE die_in|block_in STEP."""

import sys
from pathlib import Path

from core.runs.sample_agent import AGENT, SampleOptions, SampleState
from muster.core.cli import run_cli
from muster.core.clock import SystemClock
from muster.core.runs.opening import new_run
from muster.core.runs.run import Paused
from muster.core.settings import MusterSettings

home, trace, how, step = sys.argv[1:]
settings = MusterSettings(muster_home=Path(home))
options = SampleOptions.model_validate({"trace": trace, how: step})


def start() -> None:
    with new_run(AGENT, settings, options, intent="crash", clock=SystemClock()) as run:
        if isinstance(run.start(SampleState()), Paused):
            run.answer({"size": 3})
        sys.exit("the child should have been ended")


run_cli(start)
