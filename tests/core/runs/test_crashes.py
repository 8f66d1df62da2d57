import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.runs.sample_agent import AGENT, NODES
from muster.core.runs.opening import old_run, pick_up
from muster.core.runs.store import RunFolder, RunStore
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront

TESTS = Path(__file__).parents[2]


def killed_run(home: Path, trace: Path, die_in: str) -> RunFolder:
    child = subprocess.run(
        [sys.executable, "-m", "core.runs.crashing_child", str(home), str(trace), die_in],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        cwd=home.parent,
        check=False,
        timeout=120,
    )
    assert child.returncode == -signal.SIGKILL
    (folder,) = RunStore(home).folders()
    return folder


@pytest.mark.parametrize("node", NODES)
def test_after_kill_9_only_the_interrupted_step_runs_again(tmp_path: Path, node: str) -> None:
    trace = tmp_path / "trace"
    folder = killed_run(tmp_path / "home", trace, node)
    assert folder.row().status == "running"
    assert folder.current_row().status == "crashed"

    with old_run(AGENT, folder, clock=FakeClock()) as run:
        front = ScriptedFront({"size": 3})
        ending = pick_up(run, front)

    # A question is asked again only where its own step was killed.
    assert len(front.asked) == (1 if node in ("gather", "choose_size") else 0)
    assert ending.state.size == 3
    expected = [name for step in NODES for name in ([step, step] if step == node else [step])]
    assert trace.read_text().split() == expected
    assert folder.current_row().status == "finished"
    assert [event.text for event in ending.state.events] == ["looked around", "did it"]
