"""What a training saved, looked at before it is evaluated."""

import json
from pathlib import Path

import numpy as np
import pytest

from aegis.worlds import World, save
from muster.aegis.tools.local_inputs import LocalInputs


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """A whole one: the base's tokenizer stands beside the weights."""
    folder = World(tmp_path).model
    (folder / "config.json").unlink()
    (folder / "model.safetensors").unlink()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2}))
    save(folder / "adapter_model.safetensors", {"a": np.zeros((2, 2), dtype="<f4")})
    return folder


def kinds(folder: Path) -> list[str]:
    return [problem.kind for problem in LocalInputs().artefact(str(folder))]


def test_an_adapter_is_one(adapter: Path) -> None:
    assert kinds(adapter) == []


def test_a_whole_model_is_one(tmp_path: Path) -> None:
    assert kinds(World(tmp_path).model) == []


def test_nothing_there_is_told(tmp_path: Path) -> None:
    assert kinds(tmp_path / "nothing") == ["model_missing"]


def test_an_empty_folder_is_neither(tmp_path: Path) -> None:
    assert kinds(tmp_path) == ["model_config", "model_corrupt", "tokenizer"]


def test_a_configuration_that_can_not_be_read_is_told(adapter: Path) -> None:
    (adapter / "adapter_config.json").write_text("{")
    (problem,) = LocalInputs().artefact(str(adapter))
    assert "can't be read" in problem.text


def test_weights_that_are_cut_off_are_told(adapter: Path) -> None:
    file = adapter / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-4])
    assert kinds(adapter) == ["model_corrupt"]


def test_a_tokenizer_that_was_not_saved_is_told(adapter: Path) -> None:
    (adapter / "tokenizer.json").unlink()
    assert kinds(adapter) == ["tokenizer"]
