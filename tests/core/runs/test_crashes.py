import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.runs.sample_agent import AGENT, NODES
from muster.core.runs.opening import old_run, pick_up
from muster.core.runs.store import RunFolder, RunStore
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront

TESTS = Path(__file__).parents[2]


def child(home: Path, trace: Path, how: str, step: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "core.runs.crashing_child", str(home), str(trace), how, step],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        cwd=home.parent,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed_run(home: Path, trace: Path, die_in: str) -> RunFolder:
    process = child(home, trace, "die_in", die_in)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_polite_kill_leave_a_busy_step_at_once_and_it_can_go_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    home, trace = tmp_path / "home", tmp_path / "trace"
    process = child(home, trace, "block_in", "act")
    while not (trace.exists() and "act" in trace.read_text()):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 130
    (folder,) = RunStore(home).folders()
    assert folder.row().status == "cancelled"
    assert "**cancelled" in folder.report.read_text()

    trace.with_suffix(".heal").touch()
    with old_run(AGENT, folder, clock=FakeClock()) as run:
        assert pick_up(run, ScriptedFront({})).state.acted
    assert trace.read_text().split() == ["gather", "choose_size", "act", "act", "check"]
