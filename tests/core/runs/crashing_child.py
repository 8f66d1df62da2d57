"""Starts a sample run in a process of its own, to be killed in the middle: HOME TRACE DIE_IN."""

import sys
from pathlib import Path

from core.runs.sample_agent import AGENT, SampleOptions, SampleState
from muster.core.clock import SystemClock
from muster.core.runs.opening import new_run
from muster.core.runs.run import Paused
from muster.core.settings import MusterSettings

home, trace, die_in = sys.argv[1:]
settings = MusterSettings(muster_home=Path(home))
options = SampleOptions(trace=Path(trace), die_in=die_in)
with new_run(AGENT, settings, options, intent="crash", clock=SystemClock()) as run:
    if isinstance(run.start(SampleState()), Paused):
        run.answer({"size": 3})
sys.exit("the child should have been killed")
