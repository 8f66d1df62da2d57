"""`aegis report RUN`, called as a person calls it, on runs that are stored."""

import signal
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from core.runs.sample_runs import sample_run
from muster.aegis.agent import AGENT
from muster.aegis.main import app
from muster.aegis.settings import AegisSettings, Options
from muster.aegis.state import State
from muster.core.cli import run_cli
from muster.core.clock import SystemClock
from muster.core.errors import UsageError
from muster.core.runs.lock import hold_lock
from muster.core.runs.opening import new_run
from muster.core.runs.store import RunFolder

Said = tuple[object, str, str]
"""Exit code, standard output and standard error."""
Aegis = Callable[..., Said]


@pytest.fixture
def aegis(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Generator[Aegis]:
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)

    def call(*words: str) -> Said:
        with pytest.raises(SystemExit) as caught:
            run_cli(lambda: app(list(words), prog_name="aegis"))
        return caught.value.code or 0, *capsys.readouterr()

    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def stored(tmp_path: Path) -> RunFolder:
    """A run that ended at words which contradict one another."""
    settings = AegisSettings(muster_home=tmp_path / "home")
    with new_run(AGENT, settings, Options(), intent="run <b>it</b>", clock=SystemClock()) as run:
        with pytest.raises(UsageError):
            run.start(State(words="LoRA fine-tune tiny on rows.jsonl for 3 epochs and for 5 epochs under $2"))
        return run.folder


def test_a_run_that_ended_at_an_error_has_a_page(stored: RunFolder) -> None:
    page = (stored.path / "report.html").read_text()
    assert "epochs" in page
    assert "run &lt;b&gt;it&lt;/b&gt;" in page


def test_the_places_are_printed_and_the_page_is_written_anew(stored: RunFolder, aegis: Aegis, tmp_path: Path) -> None:
    page = stored.path / "report.html"
    page.unlink()
    _, said, _ = aegis("report", stored.path.name, "--open", "no", "--html", "copy.html")
    assert said.splitlines() == [str(stored.report), str(page)]
    assert (tmp_path / "copy.html").read_bytes() == page.read_bytes()


def test_a_report_of_a_crashed_run_says_so(stored: RunFolder, aegis: Aegis) -> None:
    stored.set_status("running", "", SystemClock())
    aegis("report", stored.path.name)
    assert "crashed" in (stored.path / "report.html").read_text()


def test_a_run_that_goes_on_keeps_its_last_report(stored: RunFolder, aegis: Aegis) -> None:
    before = stored.report.stat().st_mtime_ns
    with hold_lock(stored.lock):
        said = aegis("report", stored.path.name)
    assert (said[0], stored.report.stat().st_mtime_ns) == (0, before)


def test_a_run_that_has_none_yet_says_what_to_do(stored: RunFolder, aegis: Aegis) -> None:
    stored.report.unlink()
    (stored.path / "report.html").unlink()
    with hold_lock(stored.lock):
        code, _, said = aegis("report", stored.path.name)
    assert (code, "has no report yet" in said) == (2, True), said


def test_a_copy_that_cannot_be_written_is_wrong_use(stored: RunFolder, aegis: Aegis) -> None:
    code, _, said = aegis("report", stored.path.name, "--html", "none/copy.html")
    assert (code, "none/copy.html can't be written: No such file" in said) == (2, True), said


def test_an_unknown_run_is_wrong_use(aegis: Aegis) -> None:
    code, _, said = aegis("report", "20261121-041137-abc")
    assert (code, "there is no run 20261121-041137-abc" in said) == (2, True), said


def test_a_run_of_another_agent_is_refused(aegis: Aegis, tmp_path: Path) -> None:
    with sample_run(tmp_path) as sample:
        run_id = sample.run.id
    code, _, said = aegis("report", run_id)
    assert (code, f"run {run_id} is of sample" in said) == (2, True), said
