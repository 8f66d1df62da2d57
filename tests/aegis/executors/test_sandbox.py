"""The sandbox as aegis meets it: restarts, time, refusals. What a hostile script can't do is in test_sandbox_escapes."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aegis.executors.sandboxes import METRIC, ignore, needs_bwrap, needs_memory_cgroup, run, sandbox, submit
from muster.aegis.domain.workload import Metric, Stopping, Workload
from muster.aegis.executors.supervisor.cgroups import find_parents
from muster.aegis.executors.supervisor.disk import descendants
from muster.aegis.executors.supervisor.plan import JobFolder
from muster.core.errors import ServiceFailureError, UsageError
from muster.core.redaction import remember_secrets

_LATE = METRIC + "import time\nwhile not __import__('os').path.exists('outputs/go'): time.sleep(0.01)\ntell(1)\n"

_LAUNCHER = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from aegis.executors.sandboxes import sandbox, submit
job = submit(sandbox(Path({folder!r})), {script!r})
print("launched", flush=True)
sandbox(Path({folder!r})).follow(job, lambda metric: None)
"""


def launch_and_kill(folder: Path, script: str) -> None:
    """Another aegis launches the job, follows it, and is killed."""
    code = _LAUNCHER.format(path=sys.path, folder=str(folder), script=script)
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert other.stdout is not None
    assert other.stdout.readline() == b"launched\n"
    os.killpg(other.pid, signal.SIGKILL)
    other.wait()
    other.stdout.close()


@needs_bwrap
def test_a_job_outlives_a_killed_aegis_and_its_end_is_known(tmp_path: Path) -> None:
    launch_and_kill(tmp_path, _LATE + "raise SystemExit(5)")
    executor = sandbox(tmp_path)
    job = executor.find("job")
    assert job is not None
    (tmp_path / "job/outputs/go").touch()
    ended = executor.follow(job, ignore)
    assert ended.exit_status == 5
    assert [metric.step for metric in ended.metrics] == [1]


@pytest.mark.parametrize("no_sandbox", [pytest.param(False, marks=needs_bwrap), True])
def test_the_waiting_threads_of_a_job_sleep(tmp_path: Path, no_sandbox: bool) -> None:
    ended = run(sandbox(tmp_path, no_sandbox=no_sandbox), "import os; print(os.environ['OMP_WAIT_POLICY'])")
    assert ended.log_tail.strip() == "PASSIVE"


@pytest.mark.parametrize("no_sandbox", [pytest.param(False, marks=needs_bwrap), True])
def test_a_job_whose_supervisor_was_killed_dies_and_is_told_as_unknown(tmp_path: Path, no_sandbox: bool) -> None:
    executor = sandbox(tmp_path, no_sandbox=no_sandbox)
    job = submit(
        executor, METRIC + "tell(0)\nimport time\nwhile True: open('outputs/beat', 'w').write(str(time.time()))"
    )
    started = JobFolder(tmp_path / "job").started()
    assert started is not None
    pids = descendants(started.supervisor_pid) - {started.supervisor_pid}
    os.kill(started.supervisor_pid, signal.SIGKILL)
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.01)
    ended = executor.follow(job, ignore)
    assert ended.exit_status is None
    assert ended.stopped_for is None


@needs_memory_cgroup
@needs_bwrap
def test_the_control_groups_of_a_killed_supervisor_are_given_back(tmp_path: Path) -> None:
    executor = sandbox(tmp_path)
    job = submit(executor, "import time; time.sleep(600)")
    started = JobFolder(tmp_path / "job").started()
    assert started is not None
    groups = [parent / f"muster-job-{started.supervisor_pid}" for parent in find_parents().values()]
    assert all(group.is_dir() for group in groups)
    os.kill(started.supervisor_pid, signal.SIGKILL)
    executor.follow(job, ignore)
    assert not any(group.exists() for group in groups)


def test_metrics_are_told_while_the_job_runs(tmp_path: Path) -> None:
    def see(metric: Metric) -> None:
        if metric.step == 0:
            (tmp_path / "job/outputs/go").touch()  # the job waits for this one to be seen

    ended = (executor := sandbox(tmp_path, no_sandbox=True)).follow(
        submit(executor, _LATE.replace("import time\n", "import time\ntell(0)\n", 1)), see
    )
    assert [metric.step for metric in ended.metrics] == [0, 1]


def test_silence_is_filled_with_heartbeats_that_can_stop_and_are_not_kept(tmp_path: Path) -> None:
    executor = sandbox(tmp_path, no_sandbox=True, beat_s=0.05)
    seen: list[Metric] = []

    def see(metric: Metric) -> Stopping | None:
        seen.append(metric)
        return "stalled" if len(seen) == 2 else None

    ended = executor.follow(submit(executor, "import time; time.sleep(600)"), see)
    assert (ended.stopped_for, ended.metrics) == ("stalled", ())
    assert {(metric.event, metric.loss, metric.tokens) for metric in seen} == {("heartbeat", None, 0)}


@needs_bwrap
def test_a_job_past_its_time_gets_to_write_its_checkpoint(tmp_path: Path) -> None:
    script = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (open("outputs/checkpoint", "w").write("7"), sys.exit(0)))
while True: time.sleep(0.01)
"""
    ended = run(sandbox(tmp_path), script, seconds=0.7)
    assert (ended.stopped_for, ended.exit_status) == ("timeout", 0)
    assert (tmp_path / "job/outputs/checkpoint").read_text() == "7"


@needs_bwrap
def test_a_job_that_ignores_being_told_is_killed_after_the_grace_period(tmp_path: Path) -> None:
    script = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(0.01)"
    ended = run(sandbox(tmp_path, grace_s=0.2), script, seconds=0.5)
    assert (ended.stopped_for, ended.exit_status) == ("timeout", 137)


@needs_bwrap
def test_a_killed_script_is_told_as_a_shell_tells_it(tmp_path: Path) -> None:
    assert run(sandbox(tmp_path), "import os; os.kill(os.getpid(), 11)").exit_status == 128 + 11


def test_a_line_that_is_no_metric_is_none(tmp_path: Path) -> None:
    script = (
        METRIC
        + """
with open("outputs/metrics.jsonl", "a") as file:
    file.write('{"step": 1}\\nloss 0.1\\n[1]\\n{"at": "2026-01-01T00:00:00Z", "step": 2, "loss": 0.5}')
"""
    )
    assert run(sandbox(tmp_path, no_sandbox=True), script).metrics == ()


def test_the_end_of_the_log_is_redacted(tmp_path: Path) -> None:
    remember_secrets(["planted-secret-value"])
    ended = run(sandbox(tmp_path, no_sandbox=True), "print('x'); raise SystemExit('planted-secret-value')")
    assert "planted" not in ended.log_tail


def test_without_bubblewrap_nothing_runs_and_the_way_out_is_named(tmp_path: Path) -> None:
    executor = replace(sandbox(tmp_path), bwrap="no-such-bwrap")
    with pytest.raises(UsageError, match=r"(?s)bubblewrap.*apt-get install bubblewrap.*no_sandbox=True"):
        submit(executor, "open('outputs/x', 'w')")
    assert executor.find("job") is None


@needs_bwrap
def test_a_sandbox_that_can_not_be_made_is_no_failed_training(tmp_path: Path) -> None:
    executor = sandbox(tmp_path / "jobs")
    gone = tmp_path / "gone"
    gone.mkdir()
    workload = Workload(name="job", script="", inputs={"data": str(gone)})
    plan = executor._plan(tmp_path / "jobs/job", workload)  # type: ignore[reportPrivateUsage]
    JobFolder(tmp_path / "jobs/job").write_plan(plan)
    gone.rmdir()
    subprocess.run(
        [sys.executable, "-P", "-m", "muster.aegis.executors.supervisor", str(tmp_path / "jobs/job")], check=True
    )
    job = executor.find("job")
    assert job is not None
    with pytest.raises(ServiceFailureError, match="could not be made"):
        executor.follow(job, ignore)


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "x" * 101])
def test_a_name_that_means_another_place_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        submit(sandbox(tmp_path, no_sandbox=True), "", name=name)


def test_an_input_that_is_not_there_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    workload = Workload(name="job", script="", inputs={"model": str(tmp_path / "nowhere")})
    with pytest.raises(UsageError, match="nowhere"):
        sandbox(tmp_path / "jobs", no_sandbox=True).submit(workload)
    assert not (tmp_path / "jobs").exists()


def test_more_disk_than_there_is_free_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="MB are free"):
        submit(sandbox(tmp_path, no_sandbox=True), "", disk_mb=10**9)


def test_two_supervisors_run_a_job_once(tmp_path: Path) -> None:
    executor = sandbox(tmp_path, no_sandbox=True)
    job = submit(executor, "open('outputs/runs', 'a').write('.'); import time; time.sleep(0.3)")
    command = [sys.executable, "-P", "-m", "muster.aegis.executors.supervisor", job.reference]
    assert subprocess.run(command, check=False).returncode == 0
    executor.follow(job, ignore)
    assert subprocess.run(command, check=False).returncode == 0
    time.sleep(0.2)
    assert (tmp_path / "job/outputs/runs").read_text() == "."


def test_the_supervisor_is_made_of_the_standard_library() -> None:
    code = (
        "import sys, muster.aegis.executors.supervisor.__main__; print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = set(subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True).stdout.split())
    assert loaded
    assert not loaded & {"pydantic", "httpx", "langgraph", "structlog"}


@needs_bwrap
def test_a_python_that_lies_below_tmp_runs(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", f"{folder}/env"], check=True)
        ended = run(sandbox(tmp_path, python=f"{folder}/env/bin/python"), "print('ran')")
    assert (ended.exit_status, ended.log_tail) == (0, "ran\n")


@pytest.mark.train
@needs_bwrap
def test_torch_runs_in_the_sandbox(tmp_path: Path, training_python: Path) -> None:
    script = (
        METRIC
        + "import torch\nw = torch.ones(8, requires_grad=True); (w * w).sum().backward()\ntell(0, loss=float(w.grad.sum()))"
    )
    executor = replace(sandbox(tmp_path), python=str(training_python))
    ended = run(executor, script, cpus=1)
    assert [metric.loss for metric in ended.metrics] == [16.0], ended.log_tail
