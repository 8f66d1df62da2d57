"""The spec of an earlier run, for another look at its artefact."""

from pathlib import Path

import pytest

from muster.aegis.domain.intent.again import spec_again
from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.settling import Settled, spec_from
from muster.aegis.domain.intent.yaml_spec import YamlSpec, read_yaml_spec
from muster.aegis.domain.spec import Evaluation, TrainingSpec
from muster.core.errors import UsageError

SPEC = TrainingSpec.model_validate(
    {
        "model": {"path": "tiny-llama"},
        "data": {"path": "rows.jsonl", "columns": {"prompt": "question"}},
        "method": "full",
        "budget": {"soft_usd": 0.5, "max_usd": 3},
        "seed": 4,
    }
)


def again(folder: Path, changes: str = "") -> TrainingSpec:
    spec = spec_again(SPEC, "r1", folder, read_yaml_spec(changes, "changes.yaml") if changes else None)
    settled = spec_from(Intent(), YamlSpec.model_validate(spec.model_dump()))
    assert isinstance(settled, Settled)
    return settled.spec


def test_it_is_the_same_spec(tmp_path: Path) -> None:
    assert again(tmp_path) == SPEC


def test_thresholds_may_change(tmp_path: Path) -> None:
    changed = again(tmp_path, "evaluation:\n  thresholds:\n    max_perplexity_ratio: 0.5\n").evaluation
    assert changed.thresholds.max_perplexity_ratio == 0.5
    assert changed.batch == SPEC.evaluation.batch


def test_what_was_trained_may_not(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"changes\.yaml:1: optimization"):
        again(tmp_path, "optimization:\n  learning_rate: 1e-3\n")


def test_paths_count_from_where_that_run_was_started(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").touch()
    assert again(tmp_path).data.path == str(tmp_path / "rows.jsonl")


def test_a_model_of_a_hub_stays_what_it_is(tmp_path: Path) -> None:
    assert again(tmp_path).model.path == "tiny-llama"


def test_a_run_that_was_not_evaluated_can_be(tmp_path: Path) -> None:
    trained = SPEC.model_copy(update={"evaluation": Evaluation(enabled=False)})
    assert spec_again(trained, "r1", tmp_path, None).value("evaluation.enabled") is True
