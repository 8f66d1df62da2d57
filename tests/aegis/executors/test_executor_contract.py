"""The same facts of every executor that runs here: the fake of the nodes' tests, and the real sandbox."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis.executors.docker_double import docker_engine
from aegis.executors.modal_double import modal_cloud
from aegis.executors.nomad_double import nomad_cluster
from aegis.executors.remotes import docker, modal, nomad
from aegis.executors.sandboxes import METRIC, WHEN, ignore, needs_bwrap, sandbox
from aegis.fakes import Play, ScriptedExecutor
from muster.aegis.domain.workload import Job, Metric, Stopping, Workload
from muster.aegis.ports import Executor
from muster.core.errors import SourceError

_STEPS = tuple(Metric(at=WHEN, step=step, loss=3.0 - step) for step in range(3))

SCRIPTS = {
    "steps": METRIC
    + "for step in range(3): tell(step, loss=3.0 - step)\n"
    + "import os; os.mkdir('outputs/adapter'); open('outputs/adapter/w.bin', 'w').write('weights')\n"
    + "open('outputs/result.json', 'w').write('{}')\n",
    "fails": METRIC + "tell(0, loss=3.0)\nimport sys; sys.exit('no such column')\n",
    "silent": "",
    "forever": METRIC
    + "import signal, sys, time\n"
    + "signal.signal(signal.SIGTERM, lambda *_: (open('outputs/checkpoint', 'w').write('0'), sys.exit(0)))\n"
    + "tell(0, loss=3.0)\nwhile True: time.sleep(0.01)\n",
}
FILES = {"adapter/w.bin": b"weights", "result.json": b"{}"}
PLAYS = {
    "steps": Play(metrics=_STEPS, files={**FILES, "metrics.jsonl": b""}),
    "fails": Play(metrics=_STEPS[:1], exit_status=1, log_tail="no such column", files={"metrics.jsonl": b""}),
    "silent": Play(),
    "forever": Play(metrics=_STEPS[:1], files={"metrics.jsonl": b"", "checkpoint": b"0"}, ends=False),
}


@dataclass(frozen=True)
class Bench:
    """An executor, and a way to have it run one of the scripts."""

    executor: Executor

    def submit(self, name: str) -> Job:
        return self.executor.submit(Workload(name=name, script=SCRIPTS[name]))


EXECUTORS = [
    "scripted",
    "bare",
    *(pytest.param(name, marks=needs_bwrap) for name in ("sandbox", "docker", "nomad", "modal")),
]


@pytest.fixture(params=EXECUTORS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        made: dict[str, Callable[[], Executor]] = {
            "scripted": lambda: ScriptedExecutor(dict(PLAYS)),
            "sandbox": lambda: sandbox(tmp_path / "jobs"),
            "bare": lambda: sandbox(tmp_path / "jobs", no_sandbox=True),
            "docker": lambda: docker(tmp_path, stack.enter_context(docker_engine(tmp_path / "engine"))[1]),
            "nomad": lambda: nomad(tmp_path, stack.enter_context(nomad_cluster(tmp_path / "cluster"))[1], stack),
            "modal": lambda: modal(tmp_path, stack.enter_context(modal_cloud(tmp_path / "modal"))),
        }
        yield Bench(made[request.param]())


def test_a_job_that_was_never_submitted_is_not_found(bench: Bench) -> None:
    assert bench.executor.find("steps") is None


def test_a_submitted_job_is_found_by_its_name(bench: Bench) -> None:
    job = bench.submit("steps")
    assert bench.executor.find("steps") == job
    bench.executor.follow(job, ignore)


def test_a_second_submit_launches_nothing(bench: Bench) -> None:
    job = bench.submit("fails")
    bench.executor.follow(job, ignore)
    assert bench.submit("fails") == job
    assert len(bench.executor.follow(job, ignore).metrics) == 1


def test_metrics_are_told_in_order_and_kept_in_the_end(bench: Bench) -> None:
    seen: list[Metric] = []
    ended = bench.executor.follow(bench.submit("steps"), seen.append)
    assert tuple(seen) == ended.metrics == _STEPS


def test_a_finished_job_can_be_followed_again(bench: Bench) -> None:
    job = bench.submit("steps")
    first = bench.executor.follow(job, ignore)
    assert bench.executor.follow(job, ignore) == first


def test_a_good_end_is_told_by_its_status(bench: Bench) -> None:
    ended = bench.executor.follow(bench.submit("steps"), ignore)
    assert (ended.exit_status, ended.stopped_for, ended.oom_kills) == (0, None, 0)


def test_a_bad_end_brings_the_end_of_its_log(bench: Bench) -> None:
    ended = bench.executor.follow(bench.submit("fails"), ignore)
    assert ended.exit_status == 1
    assert "no such column" in ended.log_tail


def test_a_reason_from_see_stops_the_job_with_its_checkpoint_written(bench: Bench, tmp_path: Path) -> None:
    job = bench.submit("forever")
    ended = bench.executor.follow(job, lambda metric: "budget")
    assert (ended.stopped_for, ended.exit_status) == ("budget", 0)
    assert "checkpoint" in bench.executor.collect(job, tmp_path / "got")


def test_the_first_reason_to_stop_stands(bench: Bench) -> None:
    job = bench.submit("forever")
    reasons: list[Stopping] = ["cancelled", "budget"]
    for why in reasons:
        bench.executor.stop(job, why)
    assert bench.executor.follow(job, ignore).stopped_for == "cancelled"


def test_collect_lists_what_is_there_and_brings_it(bench: Bench, tmp_path: Path) -> None:
    job = bench.submit("steps")
    bench.executor.follow(job, ignore)
    assert bench.executor.collect(job, tmp_path / "got") == ("adapter/w.bin", "metrics.jsonl", "result.json")
    assert {name: (tmp_path / "got" / name).read_bytes() for name in FILES} == FILES


def test_a_job_that_wrote_nothing_yields_no_metric_and_no_result(bench: Bench, tmp_path: Path) -> None:
    job = bench.submit("silent")
    ended = bench.executor.follow(job, ignore)
    assert ended.metrics == ()
    assert bench.executor.collect(job, tmp_path / "got") == ()


def test_the_outputs_of_a_job_that_never_was_are_an_error(bench: Bench, tmp_path: Path) -> None:
    nowhere = Job(executor="sandbox", name="never", reference=str(tmp_path / "never"))
    with pytest.raises(SourceError, match="never"):
        bench.executor.collect(nowhere, tmp_path / "got")
