"""The examples: each becomes the spec beside it, and each of them a healthy job on the embedded cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.core.clock import SystemClock
from muster.core.gates.answers import AnswersFront, load_answers
from muster.core.gates.front import DefaultsFront, Front
from muster.core.runs.opening import follow, new_run
from muster.core.runs.run import Finished
from muster.nomad.agent import AGENT, load
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.patches.task import SetMemory
from muster.nomad.embedded.launch import stop_cluster
from muster.nomad.settings import Options
from muster.nomad.state import Goal, State

EXAMPLES = Path(__file__).parents[2] / "examples" / "nomad"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
REPAIRS = {"flask-api": 1, "memory-test": 2}
"""How many repairs it takes; the others need none."""


@pytest.fixture(autouse=True)
def clean_cluster() -> Iterator[None]:
    yield
    stop_cluster(load().muster_home / "embedded")


def front_of(example: Path) -> Front:
    answers = example / "answers.yaml"
    return (
        AnswersFront(load_answers(answers, AGENT.question_ids), DefaultsFront())
        if answers.is_file()
        else DefaultsFront()
    )


def run_example(example: Path, goal: Goal) -> Finished[State]:
    def file(name: str) -> str | None:
        return str(example / name) if (example / name).is_file() else None

    options = Options(cluster="none")
    if goal != "spec":
        options = Options(cluster="embedded", images=file("images.yaml"), nodes=file("nodes.yaml"))
    with new_run(AGENT, load(), options, intent=goal, clock=SystemClock()) as run:
        return follow(run, run.start(State(source=str(example), goal=goal)), front_of(example))


def expected_of(example: Path) -> str:
    return (example / "expected.nomad.hcl").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_spec_is_the_expected_one(name):
    hcl = run_example(EXAMPLES / name, "spec").state.hcl
    assert hcl == expected_of(EXAMPLES / name), "run scripts/snapshots.py and read the diff"


@pytest.mark.parametrize("name", NAMES)
def test_the_expected_spec_has_nothing_to_complain_about(name):
    assert check_job(expected_of(EXAMPLES / name), filename="expected.nomad.hcl") == ()


@pytest.mark.e2e
@pytest.mark.parametrize("name", NAMES)
def test_it_becomes_healthy_with_as_many_repairs_as_it_needs(name):
    finished = run_example(EXAMPLES / name, "healthy")
    assert finished.verdict.ok
    assert len(finished.state.repairs) == REPAIRS.get(name, 0)
    assert all(isinstance(repair.patch, SetMemory) for repair in finished.state.repairs)
