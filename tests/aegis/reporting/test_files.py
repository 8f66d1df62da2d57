"""The page and the card of whole runs."""

import re
import sys
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from subprocess import run

import pytest

from aegis.reporting.runs import NOW, SPEC, account, attempt, lines, steps, trained, workspace
from aegis.walks import OUT_OF_MEMORY, TRAINED, Walk, evaluated
from aegis.worlds import World
from muster.aegis.domain.attempts import Launch
from muster.aegis.domain.diagnosis import Diagnosis
from muster.aegis.domain.workload import Metric
from muster.aegis.reporting.files import CARD, PAGE, files_of
from muster.aegis.state import State
from muster.core.runs.events import RunEvent
from muster.core.runs.journal import Entry
from muster.core.runs.report import Account

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Tags(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")


def page_of(state: State | None, told: Account, folder: Path, metrics: dict[str, bytes] | None = None) -> str:
    return files_of(state, told, workspace(folder, metrics))[PAGE]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_verdict_stands_before_everything_else(tmp_path: Path) -> None:
    page = page_of(trained(), account(), tmp_path)
    assert page.index("finished: better than its base") < page.index("run it</p>") < page.index("<main>")


def test_each_measure_is_one_figure_with_all_attempts(tmp_path: Path) -> None:
    state = trained().model_copy(update={"attempts": [attempt(), attempt(number=2)]})
    both = {"r1-train-1": lines(steps(5)), "r1-train-2": lines(steps(5))}
    page = page_of(state, account(), tmp_path, both)
    assert re.findall(r"<figure.*?<h3>(\w+)</h3>", page, re.DOTALL) == ["Loss", "Memory", "Cost"]
    (loss,) = re.findall(r"<h3>Loss</h3>(.*?)</figure>", page, re.DOTALL)
    assert {">training 1<", ">training 2<", ">loss (nats a token)<", ">optimizer step<"} <= set(
        re.findall(r">[^<>]+<", loss)
    )


def test_the_cost_is_drawn_against_both_limits(tmp_path: Path) -> None:
    assert {"asked above $1", "never above $5"} <= set(
        re.findall(r">([^<>]+)</text>", page_of(trained(), account(), tmp_path))
    )


def test_a_run_in_which_nothing_ran_says_why_it_has_no_curves(tmp_path: Path) -> None:
    page = page_of(State(spec=SPEC, halted="refused"), account(status="failed"), tmp_path)
    assert "There are none: no job ran." in page
    assert "<figure" not in page


def test_a_job_without_metrics_is_told(tmp_path: Path) -> None:
    page = unescape(page_of(trained(), account(), tmp_path, {"r1-train-1": b"rubbish\n"}))
    assert "No job told of its steps, so that only the cost is drawn. 1 lines of the jobs' metrics are no" in page


def test_a_job_that_was_launched_and_did_not_end_has_its_curves(tmp_path: Path) -> None:
    launch = Launch(name="r1-train-1", phase="train", at=NOW, max_usd=1.0, usd_per_hour=0.0, inputs={})
    jobs = tmp_path / "jobs/r1-train-1/outputs"
    jobs.mkdir(parents=True)
    (jobs / "metrics.jsonl").write_bytes(lines(steps(5)))
    assert "<h3>Loss</h3>" in page_of(State(spec=SPEC, launch=launch), account(status="crashed"), tmp_path)


def test_a_link_in_the_place_of_metrics_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(lines(steps(5)))
    made = workspace(tmp_path, {"r1-train-1": b""})
    file = made.outputs("r1-train-1") / "metrics.jsonl"
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    assert made.metrics("r1-train-1") == b""


def test_a_run_that_left_no_state_has_a_page(tmp_path: Path) -> None:
    page = page_of(None, account(status="failed", note="no luck", done=False), tmp_path)
    assert "failed: no luck" in page
    assert "nothing can be read" in page


def test_nothing_of_a_run_is_markup(tmp_path: Path) -> None:
    spec = SPEC.model_copy(update={"name": EVIL, "model": SPEC.model.model_copy(update={"path": EVIL})})
    event = RunEvent(at=NOW, node="budget_gate", kind="failed", text=EVIL, detail=EVIL)
    form = {"questions": [{"id": EVIL, "text": EVIL, "reason": EVIL}]}
    entries = (
        Entry(at=NOW, kind="asked", text=EVIL, data={"form": form}),
        Entry(at=NOW, kind="answered", data={"answers": {EVIL: EVIL}}),
        Entry(at=NOW, kind="failed", text=EVIL),
    )
    state = trained().model_copy(
        update={
            "spec": spec,
            "attempts": [attempt(how=EVIL).model_copy(update={"name": EVIL})],
            "diagnosis": Diagnosis(kind="unknown", summary=EVIL, evidence=(EVIL,), advice=EVIL),
            "hashes": {EVIL: EVIL},
        }
    )
    told = account(*entries, events=(event,), intent=EVIL, note=EVIL, status="failed")
    page = page_of(state, told, tmp_path)
    assert page.count("&lt;script&gt;") > 15
    assert not Tags(page).names & {"script", "img"}


def test_the_page_is_one_file_without_script_and_without_addresses(tmp_path: Path) -> None:
    page = page_of(trained(), account(), tmp_path, {"r1-train-1": lines(steps(5))})
    tags = Tags(page)
    assert not tags.names & {"script", "link", "iframe", "object", "img", "base"}
    assert {name for name in tags.attributes if name.startswith("on")} == set()
    linked = tags.attributes.get("href", set()) | tags.attributes.get("xlink:href", set())
    assert all(one.startswith("#") for one in linked)
    assert not re.search(r"url\((?!#)|@import", page)


def test_a_secret_in_a_log_is_not_in_the_page(tmp_path: Path) -> None:
    event = RunEvent(at=NOW, node="run", kind="failed", text="see", detail="postgres://u:hunter22@db")
    assert "hunter22" not in page_of(trained(), account(events=(event,)), tmp_path)


def test_a_page_is_the_same_each_time(tmp_path: Path) -> None:
    metrics = workspace(tmp_path, {"r1-train-1": lines(steps(700))})
    assert files_of(trained(), account(), metrics) == files_of(trained(), account(), metrics)


def test_a_change_stands_with_its_reason_effect_and_diff(world: World, tmp_path: Path) -> None:
    state = Walk(world, plays={"r1-train-1": OUT_OF_MEMORY}).run()
    (repair,) = state.repairs
    page = page_of(state, account(), tmp_path / "w")
    assert f"Attempt 2: {repair.reason}" in page
    assert repair.expected_effect in page
    assert f"<pre>{escape(repair.diff)}</pre>" in page


def test_a_verdict_is_drawn_against_its_threshold(world: World, tmp_path: Path) -> None:
    page = page_of(Walk(world).run(), account(), tmp_path / "w")
    assert re.search(r'<svg class="mark passed".*?aria-label="0\.3679, from [\d.]+ to [\d.]+, against 1"', page)


def test_a_card_is_written_once_the_run_is_done(world: World, tmp_path: Path) -> None:
    state, metrics = Walk(world).run(), workspace(tmp_path / "w")
    assert CARD in files_of(state, account(), metrics)
    assert CARD not in files_of(state, account(status="waiting", done=False), metrics)


def test_nothing_trained_has_no_card(tmp_path: Path) -> None:
    state = trained().model_copy(update={"attempts": [attempt("eval")]})
    assert CARD not in files_of(state, account(), workspace(tmp_path))


def test_a_run_that_draws_nothing_does_not_load_matplotlib() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from aegis.reporting.runs import SPEC, account, workspace\n"
        "from muster.aegis.agent import AGENT; from muster.aegis.state import State\n"
        "AGENT.report_files(State(spec=SPEC), account(), Path('nowhere'))\n"
        "assert 'matplotlib' not in sys.modules, 'loaded'\n"
    )
    done = run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_figure_leaves_the_settings_of_matplotlib_alone(tmp_path: Path) -> None:
    import matplotlib as mpl

    before = mpl.rcParams.copy()
    page_of(trained(), account(), tmp_path, {"r1-train-1": lines(steps(5))})
    assert mpl.rcParams.copy() == before
    assert "matplotlib.pyplot" not in sys.modules


def test_a_curve_that_spans_decades_has_plain_numbers_at_its_axis(tmp_path: Path) -> None:
    spread = [Metric(at=NOW, step=step + 9, loss=10.0**step) for step in range(-3, 3)]
    page = page_of(trained(), account(), tmp_path, {"r1-train-1": lines(spread)})
    assert {"0.01", "100"} <= set(re.findall(r">([^<>]+)</text>", page))
    assert "mathdefault" not in page


def test_an_evaluation_that_is_doubtful_is_told(world: World, tmp_path: Path) -> None:
    state = Walk(world, plays={"r1-train-1": TRAINED, "r1-eval-1": evaluated(2.5)}, max_attempts=0).run()
    assert '<strong class="remediate">' in page_of(state, account(status="failed"), tmp_path / "w")
