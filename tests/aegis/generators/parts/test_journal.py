import json
import math
from pathlib import Path

import pytest

from muster.aegis.domain.workload import Metric
from muster.aegis.generators.parts.journal import Journal


def lines(folder: Path) -> list[Metric]:
    return [Metric.model_validate_json(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_a_line_is_a_metric_of_the_domain(tmp_path: Path) -> None:
    Journal(tmp_path).tell(step=3, loss=1.5, grad_norm=0.5, learning_rate=1e-4, tokens=10, more={"a": 1})
    (told,) = lines(tmp_path)
    assert (told.step, told.loss, told.grad_norm, told.learning_rate, told.tokens) == (3, 1.5, 0.5, 1e-4, 10)
    assert told.finite
    assert told.memory_mb


def test_a_line_has_all_fields_of_a_metric(tmp_path: Path) -> None:
    Journal(tmp_path).tell("start")
    assert set(json.loads((tmp_path / "metrics.jsonl").read_text())) == set(Metric.model_fields)


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_told_by_a_word(tmp_path: Path, odd: float) -> None:
    Journal(tmp_path).tell(step=1, loss=0.0, grad_norm=odd)
    (told,) = lines(tmp_path)
    assert (told.loss, told.grad_norm, told.finite) == (0.0, None, False)


def test_step_and_tokens_stay_until_told_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.tell(step=4, tokens=99)
    journal.tell("checkpoint")
    assert [(one.step, one.tokens) for one in lines(tmp_path)] == [(4, 99), (4, 99)]


def test_half_a_line_of_a_killed_process_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"at": "20')
    Journal(tmp_path).tell("start")
    assert Metric.model_validate_json((tmp_path / "metrics.jsonl").read_text().splitlines()[1]).event == "start"


def test_an_end_tells_the_last_step(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.tell(step=7, tokens=70)
    journal.end("finished", loss=0.5)
    told = json.loads((tmp_path / "result.json").read_text())
    assert (told["status"], told["steps"], told["tokens"], told["loss"]) == ("finished", 7, 70, 0.5)


def test_an_earlier_end_is_gone_when_it_begins_again(tmp_path: Path) -> None:
    Journal(tmp_path).end("stopped")
    Journal(tmp_path)
    assert not (tmp_path / "result.json").exists()


def test_a_process_that_is_not_the_first_writes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, silent=True)
    journal.tell("start")
    journal.end("finished")
    assert not list(tmp_path.iterdir())
