"""Scripts as they are written, run on the tiny model."""

import json
import math
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aegis.training import (
    ENV,
    PATIENCE_S,
    Host,
    lay_out,
    losses,
    metrics,
    result,
    signal_at,
    spec_of,
    support_rows,
    weights,
    write_rows,
)

pytestmark = pytest.mark.train

LONG = {"optimization": {"max_steps": 60}, "saving": {"checkpoint_steps": 10}, "method": "full"}
"""Long enough to be ended in between."""


def train(host: Host, folder: Path, model: Path, rows: list[dict[str, Any]] | None = None, **blocks: Any) -> Path:
    laid = lay_out(folder, spec_of(**blocks), model, rows or support_rows())
    status = host.run(laid)
    assert status == 0, (laid / "log").read_text()[-3000:]
    return laid


@pytest.fixture(scope="module")
def adapter(training_host: Host, tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = lay_out(tmp_path_factory.mktemp("lora"), spec_of(), tiny_llama, support_rows()[:280])
    write_rows(folder / "inputs/eval.jsonl", support_rows()[280:])
    assert training_host.run(folder) == 0, (folder / "log").read_text()[-3000:]
    return folder


@pytest.fixture(scope="module")
def undisturbed(training_host: Host, tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(training_host, tmp_path_factory.mktemp("undisturbed"), tiny_llama, **LONG)


def test_an_adapter_learns_and_is_saved(adapter: Path) -> None:
    told = losses(adapter)
    assert told[-1] < told[0] - 0.5
    assert {"adapter_config.json", "tokenizer.json"} <= {path.name for path in (adapter / "outputs/artefact").iterdir()}


def test_every_step_is_told_with_its_numbers(adapter: Path) -> None:
    steps = [one for one in metrics(adapter) if one.event == ""]
    assert [one.step for one in steps] == list(range(1, 25))
    assert all(one.grad_norm and one.tokens and one.memory_mb and one.learning_rate is not None for one in steps)


def test_loading_start_evaluation_checkpoint_and_end_are_told(adapter: Path) -> None:
    assert {"loading", "rows", "start", "eval", "checkpoint", "end"} <= {one.event for one in metrics(adapter)}


def test_the_result_tells_steps_tokens_and_what_was_kept(adapter: Path) -> None:
    told = result(adapter)
    assert (told["status"], told["steps"], told["rows"], told["left_out"]) == ("finished", 24, 280, 0)
    assert told["checkpoint"] == "checkpoints/checkpoint-24"
    assert told["tokens"] == metrics(adapter)[-1].tokens > 0


def test_the_versions_that_were_used_are_told(adapter: Path) -> None:
    told = json.loads((adapter / "outputs/environment.json").read_text())
    assert {"torch", "transformers", "peft"} <= set(told["packages"])
    assert told["seed"] == 17


def test_only_as_many_checkpoints_are_kept_as_asked(adapter: Path) -> None:
    assert {path.name for path in (adapter / "outputs/checkpoints").iterdir()} == {"checkpoint-18", "checkpoint-24"}


def test_a_full_training_saves_a_whole_model(undisturbed: Path) -> None:
    told = losses(undisturbed)
    assert told[-1] < told[0] - 2
    assert (undisturbed / "outputs/artefact/config.json").is_file()


def test_a_merged_adapter_is_a_whole_model(training_host: Host, tiny_llama: Path, tmp_path: Path) -> None:
    folder = train(training_host, tmp_path / "job", tiny_llama, saving={"form": "merged"})
    assert not (folder / "outputs/artefact/adapter_config.json").exists()
    assert len(weights(folder)) > 1_000_000  # 381,600 weights of 4 bytes


def test_preferences_are_learnt(training_host: Host, tiny_llama: Path, tmp_path: Path) -> None:
    pairs = [
        {"prompt": turns[:1], "chosen": turns[1]["content"], "rejected": "No."}
        for turns in (row["messages"] for row in support_rows())
    ]
    folder = train(training_host, tmp_path / "job", tiny_llama, pairs, objective="dpo")
    assert losses(folder)[0] == pytest.approx(math.log(2), abs=1e-3)  # the model is its own reference
    assert losses(folder)[-1] < 0.5


def test_packed_rows_are_learnt_and_fill_the_sequences(training_host: Host, tiny_llama: Path, tmp_path: Path) -> None:
    folder = train(training_host, tmp_path / "job", tiny_llama, shape={"packing": True})
    assert losses(folder)[-1] < losses(folder)[0]
    assert result(folder)["tokens"] > 0.8 * 24 * 8 * 96  # unpacked they fill a quarter


def test_packed_rows_do_not_see_one_another(training_host: Host, tiny_llama: Path, tmp_path: Path) -> None:
    (tmp_path / "check.py").write_text(_PACKED.replace("MODEL", repr(str(tiny_llama))))
    assert training_host.run(tmp_path, "check.py") == 0, (tmp_path / "log").read_text()


_PACKED = """
import torch
from transformers import AutoModelForCausalLM
model = AutoModelForCausalLM.from_pretrained(MODEL, attn_implementation="sdpa").eval()
model.config.use_cache = False  # as the script does: with a cache rows of one sequence see one another
one, two = torch.randint(10, 500, (1, 20)), torch.randint(10, 500, (1, 15))
places = torch.tensor([[*range(20), *range(15)]])
packed = model(torch.cat([one, two], 1), position_ids=places).logits[:, 20:]
assert torch.allclose(packed, model(two).logits, atol=1e-4)
"""


def test_plain_texts_and_completions_are_learnt(training_host: Host, tiny_llama: Path, tmp_path: Path) -> None:
    talks = [[turn["content"] for turn in row["messages"]] for row in support_rows()]
    rows = [{"prompt": ask, "completion": answer} for ask, answer in talks[:160]]
    rows += [{"text": f"{ask} {answer}"} for ask, answer in talks[160:]]
    folder = train(training_host, tmp_path / "job", tiny_llama, rows)
    assert losses(folder)[-1] < losses(folder)[0]


def test_a_killed_training_goes_on_to_the_very_same_weights(
    training_host: Host, tiny_llama: Path, tmp_path: Path, undisturbed: Path
) -> None:
    folder = lay_out(tmp_path / "job", spec_of(**LONG), tiny_llama, support_rows())
    signal_at(folder, training_host.start(folder), "checkpoint", signal.SIGKILL)
    assert training_host.wait() == -signal.SIGKILL
    assert not (folder / "outputs/result.json").exists()
    assert training_host.run(folder) == 0
    assert weights(folder) == weights(undisturbed)


def rates(folder: Path) -> list[float]:
    return [one.learning_rate for one in metrics(folder) if one.event == "" and one.learning_rate is not None]


def test_a_training_that_goes_on_takes_its_own_learning_rate_and_not_the_checkpoint_s(
    training_host: Host, tiny_llama: Path, tmp_path: Path, undisturbed: Path
) -> None:
    gentler = {**LONG, "optimization": {"max_steps": 60, "learning_rate": 5e-5}}
    folder = lay_out(tmp_path / "job", spec_of(**gentler), tiny_llama, support_rows())
    (folder / "inputs/checkpoint").symlink_to(undisturbed / "outputs/checkpoints/checkpoint-50")
    assert training_host.run(folder) == 0, (folder / "log").read_text()[-3000:]
    assert rates(folder) == pytest.approx([rate / 100 for rate in rates(undisturbed)[50:]])


def test_a_stopped_training_leaves_a_checkpoint_that_goes_on_to_the_very_same_weights(
    training_host: Host, tiny_llama: Path, tmp_path: Path, undisturbed: Path
) -> None:
    folder = lay_out(tmp_path / "job", spec_of(**LONG), tiny_llama, support_rows())
    signal_at(folder, training_host.start(folder), "", signal.SIGTERM)
    assert training_host.wait() == 0
    told = result(folder)
    assert (told["status"], told["artefact"]) == ("stopped", None)
    second = lay_out(tmp_path / "second", spec_of(**LONG), tiny_llama, support_rows())
    (second / "inputs/checkpoint").symlink_to(folder / "outputs" / told["checkpoint"])
    assert training_host.run(second) == 0
    assert metrics(second)[-1].step == 60
    assert weights(second) == weights(undisturbed)


def test_a_stop_while_loading_leaves_at_once(training_python: Path, tiny_llama: Path, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "job", spec_of(), tiny_llama, support_rows())
    process = subprocess.Popen([training_python, "train.py"], cwd=folder, env=ENV)
    signal_at(folder, process.pid, "loading", signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    assert (result(folder)["status"], result(folder)["steps"]) == ("stopped", 0)


def test_two_processes_stop_after_the_same_step(training_python: Path, tiny_llama: Path, tmp_path: Path) -> None:
    spec = spec_of(target={"gpu": "L4", "gpus": 2}, optimization={"max_steps": 2000})
    folder = lay_out(tmp_path / "job", spec, tiny_llama, support_rows())
    process = subprocess.Popen([training_python, "-W", "ignore", "train.py"], cwd=folder, env=ENV)
    signal_at(folder, process.pid, "", signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    told = result(folder)
    assert told["status"] == "stopped"
    assert told["checkpoint"] == f"checkpoints/checkpoint-{told['steps']}"


def test_a_model_with_a_weight_that_is_no_number_is_told_at_its_first_step(
    training_host: Host, tiny_llama: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / "model"
    spoilt.mkdir()
    for path in tiny_llama.iterdir():
        data = path.read_bytes()
        # the last weight of the file becomes NaN, as a float of four bytes
        (spoilt / path.name).write_bytes(data[:-4] + b"\0\0\xc0\x7f" if path.suffix == ".safetensors" else data)
    folder = lay_out(tmp_path / "job", spec_of(), spoilt, support_rows())
    assert training_host.run(folder) == 1
    (step,) = (one for one in metrics(folder) if one.event == "")
    assert (step.step, step.finite, step.grad_norm) == (1, False, None)
    assert result(folder)["status"] == "diverged"
    assert not list((folder / "outputs/checkpoints").glob("*")), "a checkpoint of spoilt weights"


def test_rows_of_which_nothing_is_learnt_are_an_error(training_host: Host, tiny_llama: Path, tmp_path: Path) -> None:
    rows = [{"messages": [{"role": "user", "content": "Hello."}]}]
    folder = lay_out(tmp_path / "job", spec_of(), tiny_llama, rows)
    assert training_host.run(folder) == 1
    assert "no row has a token to learn within 96 tokens" in (folder / "log").read_text()


def test_four_bits_without_a_gpu_are_an_error(training_host: Host, tiny_llama: Path, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "job", spec_of(method="qlora"), tiny_llama, support_rows())
    assert training_host.run(folder) == 1
    assert "method qlora needs a CUDA GPU" in (folder / "log").read_text()
