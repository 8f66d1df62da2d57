import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.runs.sample_agent import SampleState
from core.runs.sample_runs import Sample, sample_run
from muster.app.cli import build_app
from muster.core.cli import run_cli
from muster.core.errors import WorkFailedError
from muster.core.runs.store import RunFolder

TESTS = Path(__file__).parents[1]
AGENTS = {"sample": "core.runs.sample_agent"}


@dataclass(frozen=True)
class Said:
    code: object
    out: str
    err: str


Muster = Callable[..., Said]


@pytest.fixture
def muster(capsys: pytest.CaptureFixture[str]) -> Generator[Muster]:
    before = signal.getsignal(signal.SIGTERM)

    def call(*words: str, agents: dict[str, str] = AGENTS) -> Said:
        with pytest.raises(SystemExit) as caught:
            run_cli(lambda: build_app(agents)(list(words), prog_name="muster"))
        return Said(caught.value.code or 0, *capsys.readouterr())

    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "home"))
    return tmp_path


def waiting(home: Path) -> Sample:
    with sample_run(home) as sample:
        sample.run.start(SampleState())
    return sample


def crashed(home: Path) -> RunFolder:
    folder = waiting(home).run.folder
    folder.write_row(folder.row().model_copy(update={"status": "running", "note": ""}))
    return folder


def answers(home: Path, text: str) -> str:
    path = home / "answers.yaml"
    path.write_text(text)
    return str(path)


def test_no_runs_are_no_error(muster: Muster) -> None:
    assert muster("runs", "list") == Said(0, "no runs yet\n", "")
    assert muster("runs", "list", "--json").out == "[]\n"


def test_runs_are_listed_in_plain_text_and_as_json(home: Path, muster: Muster) -> None:
    run_id = waiting(home).run.id
    said = muster("runs", "list")
    assert said.code == 0
    assert run_id in said.out
    assert "waiting" in said.out
    assert "pack a box" in said.out
    assert len(said.out.splitlines()) == 2
    assert "\x1b" not in said.out
    (row,) = json.loads(muster("runs", "list", "--json").out)
    assert (row["id"], row["status"], row["agent"]) == (run_id, "waiting", "sample")


def test_a_damaged_run_does_not_hide_the_others(home: Path, muster: Muster) -> None:
    run_id = waiting(home).run.id
    broken = home / "home" / "runs" / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    said = muster("runs", "list")
    assert said.code == 0
    assert run_id in said.out
    assert "the row of run broken can't be read" in said.err


def test_show_says_where_a_run_stands_and_what_to_do(home: Path, muster: Muster) -> None:
    run_id = waiting(home).run.id
    said = muster("runs", "show", run_id).out
    assert "status     waiting: Size" in said
    assert f"muster runs resume {run_id}" in said
    assert json.loads(muster("runs", "show", run_id, "--json").out)["note"] == "Size"


def test_a_waiting_run_is_resumed_by_its_answers(home: Path, muster: Muster) -> None:
    sample = waiting(home)
    said = muster("runs", "resume", sample.run.id, "--answers", answers(home, "size: 3"), "--no-questions")
    assert (said.code, said.err) == (0, "")
    assert "a box of size 3" in said.out
    assert str(sample.run.folder.report) in said.out
    assert sample.run.folder.row().status == "finished"


def test_a_waiting_run_without_an_answer_stays_waiting_and_names_the_question(home: Path, muster: Muster) -> None:
    sample = waiting(home)
    said = muster("runs", "resume", sample.run.id, "--no-questions")
    assert said.code == 2
    assert "size (How big?) has no safe default" in said.err
    assert sample.run.folder.current_row().status == "waiting"


def test_answers_that_are_never_asked_are_refused_before_anything_happens(home: Path, muster: Muster) -> None:
    sample = waiting(home)
    said = muster("runs", "resume", sample.run.id, "--answers", answers(home, "siez: 3"))
    assert said.code == 2
    assert "did you mean 'size'" in said.err


def test_a_failed_run_goes_on_at_its_step(home: Path, muster: Muster) -> None:
    with sample_run(home, fail_in="gather") as sample, pytest.raises(WorkFailedError):
        sample.run.start(SampleState())
    assert muster("runs", "resume", sample.run.id).code == 1
    sample.heal()
    said = muster("runs", "resume", sample.run.id, "--answers", answers(home, "size: 3"), "--no-questions")
    assert said.code == 0
    assert "resumed: it was failed" in muster("runs", "report", sample.run.id).out


def test_a_bad_verdict_is_exit_code_1(home: Path, muster: Muster) -> None:
    said = muster("runs", "resume", waiting(home).run.id, "--answers", answers(home, "size: 500"), "--no-questions")
    assert (said.code, said.err) == (1, "a box of size 500\n")


def test_a_finished_run_cannot_be_resumed(home: Path, muster: Muster) -> None:
    run_id = waiting(home).run.id
    muster("runs", "resume", run_id, "--answers", answers(home, "size: 3"), "--no-questions")
    said = muster("runs", "resume", run_id, "--no-questions")
    assert said.code == 2
    assert "nothing left to do" in said.err


def test_the_report_is_printed(home: Path, muster: Muster) -> None:
    assert muster("runs", "report", waiting(home).run.id).out.startswith("# pack a box\n\n**waiting: Size**")


def test_the_report_of_a_crashed_run_is_written_when_it_is_asked_for(home: Path, muster: Muster) -> None:
    folder = crashed(home)
    assert muster("runs", "report", folder.path.name).out.startswith("# pack a box\n\n**crashed**")
    assert folder.current_row().status == "crashed"


@pytest.mark.parametrize("verb", ["show", "resume", "report"])
@pytest.mark.parametrize(("run_id", "problem"), [("nope", "there is no run nope"), ("../nope", "is no run id")])
def test_unknown_and_odd_ids_are_refused(muster: Muster, verb: str, run_id: str, problem: str) -> None:
    said = muster("runs", verb, run_id)
    assert said.code == 2
    assert problem in said.err


def test_the_doctor_asks_every_agent(muster: Muster) -> None:
    said = muster("doctor")
    assert said == Said(0, "ok    sample: settings: installed and configured\nok    sample: warehouse: open\n", "")
    assert [row["ok"] for row in json.loads(muster("doctor", "--json").out)] == [True, True]


def test_the_doctor_names_what_is_not_installed_and_goes_on(muster: Muster) -> None:
    said = muster("doctor", agents={"lost": "no_such_package.agent", **AGENTS})
    assert said.code == 1
    assert "FAIL  lost: settings: the agent lost needs no_such_package, which is not installed" in said.out
    assert "pip install 'muster-agents[lost]'" in said.out
    assert "warehouse: open" in said.out
    assert said.err == "1 of 3 checks failed\n"


def test_the_doctor_reports_wrong_settings(muster: Muster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    said = muster("doctor")
    assert said.code == 1
    assert "LOG_LEVEL is wrong" in said.out


def test_an_agent_that_this_version_lacks_is_named(home: Path, muster: Muster) -> None:
    said = muster("runs", "resume", waiting(home).run.id, agents={})
    assert said.code == 2
    assert "there is no agent sample" in said.err


def test_the_version_is_printed(muster: Muster) -> None:
    assert muster("version").out.startswith("muster ")


@pytest.mark.parametrize("words", [["nonsense"], ["runs", "show"], ["runs", "list", "--nonsense"]])
def test_wrong_use_is_exit_code_2(muster: Muster, words: list[str]) -> None:
    assert muster(*words).code == 2


def test_help_is_plain_and_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['muster', '--help']\n"
        "from muster.app.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'langgraph', 'pydantic', 'httpx', 'rich', 'yaml'} & set(sys.modules)))\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.startswith("Usage: muster")
    assert out.splitlines()[-1] == "[]"
    assert out.isascii()


def test_ctrl_c_at_the_question_of_a_resumed_run_leaves_it_waiting(home: Path) -> None:
    sample = waiting(home)
    program = (
        "from muster.app.cli import build_app; from muster.core.cli import run_cli\n"
        f"run_cli(lambda: build_app({AGENTS!r})(['runs', 'resume', {sample.run.id!r}]))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    seen = ""
    while "How big?" not in seen:
        line = child.stdout.readline()
        assert line, child.communicate()
        seen += line
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert f"muster runs resume {sample.run.id}" in said
    assert sample.run.folder.current_row().status == "waiting"
