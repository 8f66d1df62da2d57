"""The model card: what the hub reads of it, and that its code loads what was trained."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from aegis.reporting.runs import SPEC, account, trained
from aegis.training import ENV, Host, lay_out, spec_of, support_rows
from aegis.walks import Walk
from aegis.worlds import World
from muster.aegis.domain.spec import ModelRef, Saving, TrainingSpec
from muster.aegis.reporting.card import render_card
from muster.aegis.state import State

HUB = (
    "import json, sys; from huggingface_hub import ModelCard; data = ModelCard.load(sys.argv[1]).data; "
    "print(json.dumps([data.base_model, [one.metric_type for one in data.eval_results], data.license]))"
)


def card_of(state: State, spec: TrainingSpec = SPEC) -> str:
    return render_card(state, spec, account())


def front_of(card: str) -> dict[str, Any]:
    _, front, _ = card.split("---\n", 2)
    return yaml.safe_load(front)


def code_of(card: str) -> str:
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    return code


@pytest.fixture
def walked(tmp_path: Path) -> tuple[State, TrainingSpec]:
    world = World(tmp_path)
    state = Walk(world).run()
    assert state.spec is not None
    return state, state.spec


def test_the_hub_is_told_the_base_and_no_licence() -> None:
    front = front_of(card_of(trained()))
    assert (front["base_model"], front["library_name"], front["datasets"]) == ("models/tiny", "peft", ["rows.jsonl"])
    assert "license" not in front


def test_every_measured_number_is_a_result_of_the_index(walked: tuple[State, TrainingSpec]) -> None:
    state, spec = walked
    (model,) = front_of(card_of(state, spec))["model-index"]
    assert state.judgement is not None
    measured = [one.metric for one in state.judgement.verdicts if one.measured]
    assert [result["metrics"][0]["type"] for result in model["results"]] == measured
    assert measured


def test_a_folder_of_this_machine_is_told_by_its_name_alone(walked: tuple[State, TrainingSpec], tmp_path: Path) -> None:
    state, spec = walked
    assert spec.model.path.startswith(str(tmp_path))
    assert str(tmp_path) not in card_of(state, spec)


def test_the_rows_are_counted_and_none_is_shown(walked: tuple[State, TrainingSpec]) -> None:
    card = card_of(*walked)
    assert re.search(r"\d+ rows to train on, \d+ held out; format messages, 40 of 40 rows kept", card)
    assert "how do I" not in card


def test_every_hyper_parameter_is_told() -> None:
    card = card_of(trained())
    for name in (
        *SPEC.lora.model_dump(),
        *SPEC.shape.model_dump(),
        *(set(SPEC.optimization.model_dump()) - {"dpo_beta"}),
    ):
        assert f".{name} | " in card


def test_an_artefact_that_was_not_evaluated_says_so() -> None:
    assert "A LoRA adapter of `models/tiny`; not evaluated." in card_of(trained())


def test_merged_weights_are_loaded_without_their_base() -> None:
    card = card_of(trained(), SPEC.model_copy(update={"saving": Saving(form="merged")}))
    assert "PeftModel" not in card
    assert front_of(card)["library_name"] == "transformers"


@pytest.mark.parametrize("name", ["a```\nb", '"); import os #', "<script>", "x: [", "& *anchor", "---"])
def test_a_name_is_data_in_front_matter_code_and_text(name: str) -> None:
    card = card_of(trained(), SPEC.model_copy(update={"model": ModelRef(path=name)}))
    assert front_of(card)["base_model"] == name
    assert "<script>" not in card.split("---\n", 2)[2].replace(code_of(card), "")
    compiled = compile(code_of(card), "card", "exec")
    assert name in compiled.co_consts


@pytest.mark.train
def test_the_code_of_the_card_loads_what_was_trained_and_the_hub_reads_its_front(
    training_host: Host, training_python: Path, tiny_llama: Path, tmp_path: Path, walked: tuple[State, TrainingSpec]
) -> None:
    spec = spec_of(model={"path": "tiny-llama"}, optimization={"max_steps": 2})
    folder = lay_out(tmp_path / "job", spec, tiny_llama, support_rows())
    assert training_host.run(folder) == 0, (folder / "log").read_text()[-3000:]
    shutil.move(folder / "outputs/artefact", folder / "artefact")
    (folder / "tiny-llama").symlink_to(tiny_llama)
    card = card_of(walked[0], spec)
    (folder / "card.md").write_text(card)
    for code, argument in ((code_of(card), ""), (HUB, "card.md")):
        command = [str(training_python), "-W", "ignore", "-c", code, argument]
        done = subprocess.run(command, cwd=folder, env=ENV, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    base, metrics, licence = json.loads(done.stdout)
    assert (base, licence) == ("tiny-llama", None)
    assert "perplexity" in metrics
