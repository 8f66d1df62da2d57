"""What the page is made of, without a browser: fields, progress, stories of runs, the server's command."""

import json
import os
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aegis.ui.browsing import AEGIS
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.workload import Metric
from muster.aegis.ui.launch import server_command
from muster.aegis.ui.progress import curves, eta_s, steps
from muster.aegis.ui.spec_fields import FIRST, changed, spec_fields
from muster.aegis.ui.story import read_metrics, reports
from muster.core.runs.store import RunFolder

SPEC = TrainingSpec.model_validate({"model": {"path": "m"}, "data": {"path": "d"}})
AT = datetime(2026, 11, 21, tzinfo=UTC)


def metric(step: int, **values: object) -> Metric:
    return Metric.model_validate({"at": AT + timedelta(seconds=2 * step), "step": step, **values})


def leaves(document: dict[str, object], path: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in document.items():
        found |= leaves(value, f"{path}{name}.") if isinstance(value, dict) and value else {f"{path}{name}"}
    return found


def test_every_value_is_a_field_but_lists_and_tables() -> None:
    missing = leaves(SPEC.model_dump(mode="json")) - {one.path for one in spec_fields(SPEC)}
    assert missing == {"data.columns", "lora.targets", "evaluation.tasks"}


def test_the_first_fields_are_those_of_the_list() -> None:
    assert tuple(one.path for one in spec_fields(SPEC))[: len(FIRST)] == FIRST


def test_a_field_has_the_bounds_of_its_value() -> None:
    (rank,) = [one for one in spec_fields(SPEC) if one.path == "lora.rank"]
    assert (rank.kind, rank.low, rank.high) == ("whole", 1, 1024)


def test_a_field_of_words_has_its_choices() -> None:
    (method,) = [one for one in spec_fields(SPEC) if one.path == "method"]
    assert method.choices == ("full", "lora", "qlora")


def test_only_what_differs_is_changed() -> None:
    fields = {one.path: one for one in spec_fields(SPEC)}
    given = {"lora.rank": 8, "seed": 17, "model.revision": ""}
    assert changed(fields, given) == {"lora.rank": 8}


def test_the_number_of_steps_is_what_the_training_told() -> None:
    assert steps([metric(0, event="start", more={"max_steps": 40}), metric(10)]) == (10, 40)


@pytest.mark.parametrize("most", ["many", -1, None])
def test_a_number_of_steps_that_is_none_is_not_believed(most: object) -> None:
    assert steps([metric(0, event="start", more={"max_steps": most}), metric(10)]) == (10, None)


def test_the_time_left_follows_from_the_pace() -> None:
    told = [metric(0, event="start", more={"max_steps": 40}), metric(10), metric(20)]
    assert eta_s(told) == 40


def test_without_a_pace_no_time_is_told() -> None:
    assert eta_s([metric(0, event="start", more={"max_steps": 40}), metric(10)]) is None


def test_the_cost_is_that_of_the_time_so_far() -> None:
    told = [metric(0, event="start"), metric(900, loss=1.0)]
    assert curves(told, 2.0) == {"loss": [{"step": 900, "loss": 1.0}], "cost": [{"step": 900, "dollars": 1.0}]}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "r1")
    (folder.path / "jobs/r1-train-1/outputs").mkdir(parents=True)
    return folder


def metrics_file(folder: RunFolder) -> Path:
    return folder.path / "jobs/r1-train-1/outputs/metrics.jsonl"


def test_lines_that_are_no_metrics_are_passed_over(folder: RunFolder) -> None:
    metrics_file(folder).write_text(f'{{"step": "x"}}\nnone\n{metric(1).model_dump_json()}\n{{"at"')
    assert [one.step for one in read_metrics(folder)] == [1]


def test_metrics_that_are_a_link_are_not_followed(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(metric(1).model_dump_json() + "\n")
    metrics_file(folder).symlink_to(tmp_path / "elsewhere")
    assert read_metrics(folder) == ()


def test_of_a_long_file_the_end_is_read_and_thinned_out(folder: RunFolder) -> None:
    line = json.dumps({"at": AT.isoformat(), "step": 1, "more": {"x": "y" * 200}}) + "\n"
    metrics_file(folder).write_text(line * 20_000 + metric(9).model_dump_json() + "\n")
    found = read_metrics(folder)
    assert found[-1].step == 9
    assert len(found) <= 2000


def test_the_reports_that_are_there_are_offered(folder: RunFolder) -> None:
    (folder.path / "REPORT.md").write_text("good")
    assert reports(folder) == {"REPORT.md": b"good"}


@pytest.mark.parametrize(
    "flag",
    [
        "--server.address=127.0.0.1",
        "--server.enableXsrfProtection=true",
        "--server.enableCORS=true",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--server.port=8600",
    ],
)
def test_the_server_is_told(flag: str) -> None:
    assert flag in server_command(8600, browser=False)


def test_a_port_that_is_taken_is_wrong_use(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MUSTER_HOME": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [str(AEGIS), "ui", "--no-browser", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Name another: --port N" in done.stderr
