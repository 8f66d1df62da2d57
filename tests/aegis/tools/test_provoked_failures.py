"""Failures of small trainings, provoked as files, and what the look before the training says to each.

`recorded`: the 33 of the reference's failure_texts.md, all of them, by their names there. `told`: what its prose and
its collection of public issues tell of beside them. `ours`: further ways in which the same inputs break.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import ValidationError

from aegis.worlds import CHATS, PLAIN_TEMPLATE, TEMPLATE, VOCAB, World, save, tensors
from muster.aegis.domain.preflight.problem import ProblemKind
from shared_data import SHARED, needs_shared


@dataclass(frozen=True)
class Provoked:
    """`refused`: an error stands in the way. `told`: a warning, for the training would end well or do its work."""

    name: str
    kind: ProblemKind
    break_it: Callable[[World], Any]
    by: Literal["refused", "told"] = "refused"


def poison(world: World) -> None:
    arrays = tensors()
    arrays["model.layers.1.mlp.up_proj.weight"][3, 4] = math.nan
    save(world.model / "model.safetensors", arrays)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def raw(world: World, data: bytes) -> None:
    world.data.write_bytes(data)


def template(world: World, source: str | None) -> None:
    world.edit("tokenizer_config.json", chat_template=source)


def added_tokens(world: World) -> None:
    tokenizer = json.loads((world.model / "tokenizer.json").read_text())
    for number in (VOCAB, VOCAB + 1):
        tokenizer["added_tokens"].append({**tokenizer["added_tokens"][0], "id": number, "content": f"<new{number}>"})
    world.write("tokenizer.json", tokenizer)


def system_rows(world: World) -> None:
    world.rows([{"messages": [{"role": "system", "content": "x"}, *row["messages"]]} for row in CHATS])


def resume(world: World, name: str) -> None:
    cut(world.checkpoint() / name)


def nulls(world: World) -> None:
    world.rows([{"text": f"row {number}" if number % 3 else None} for number in range(40)])


RAISES = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{{ m.content }}{% endfor %}"
BARE = "{% for m in messages %}{{ m.content }}{% endfor %}"
FORGETS = "{{ messages[-1].content }}{{ messages | length }}"
QLORA = {"method": "qlora", "target": {"gpu": "A10G"}}
HOME: dict[str, Any] = {"cuda": True}

RECORDED = [
    Provoked("nan_injected", "numeric_divergence", poison),
    Provoked("no_pad_token", "tokenizer_pad", lambda w: w.edit("tokenizer_config.json", pad_token=None), "told"),
    Provoked("no_pad_no_eos", "tokenizer_pad", lambda w: w.edit("tokenizer_config.json", pad_token=None, eos_token=None)),
    Provoked("plain_trainer_no_pad", "tokenizer_pad", lambda w: w.edit("tokenizer_config.json", pad_token=None), "told"),
    Provoked("no_chat_template", "chat_template_missing", lambda w: template(w, None)),
    Provoked("bad_chat_template", "chat_template_syntax", lambda w: template(w, "{% for m in messages %}{{ m.content }")),
    Provoked("template_role_raise", "chat_template_role", lambda w: (template(w, RAISES), system_rows(w))),
    Provoked("aol_no_generation", "chat_template_mask", lambda w: template(w, BARE), "told"),
    Provoked("text_is_null", "dataset_row", nulls),
    Provoked("bad_utf8", "dataset_encoding", lambda w: raw(w, b'{"text": "caf\xe9"}\n' + b'{"text": "tea"}\n')),
    Provoked("missing_model", "model_missing", lambda w: w.ask(model={"path": "./nowhere/at/all"})),
    Provoked("missing_hub_model", "model_unreachable", lambda w: w.ask(model={"path": "some-lab/tiny-llama"})),
    Provoked("seq_too_long_truncate_all_masked", "dataset_all_masked", lambda w: w.ask(shape={"seq_len": 8})),
    Provoked("vocab_mismatch", "vocab_mismatch", added_tokens),
    Provoked("wrong_target_modules", "lora_targets", lambda w: w.ask(lora={"targets": ["c_attn"]})),
    Provoked("resume_missing", "checkpoint_missing", lambda w: setattr(w, "checkpoint_path", str(w.folder / "none"))),
    Provoked("resume_corrupt", "checkpoint_corrupt", lambda w: resume(w, "optimizer.pt")),
    Provoked("corrupt_weights", "model_corrupt", lambda w: cut(w.model / "model.safetensors")),
    Provoked("arch_mismatch", "model_config", lambda w: w.edit("config.json", hidden_size=128)),
    Provoked("fp16_cpu", "precision", lambda w: w.ask(shape={"precision": "fp16"}), "told"),
    Provoked("qlora_no_bnb", "env_missing_package", lambda w: (w.ask(**QLORA), w.about(**HOME))),
    Provoked("cuda_device", "env_no_cuda", lambda w: w.ask(target={"gpu": "A10G"})),
    Provoked("unknown_arg", "api_drift", lambda w: w.about(packages={**w.target.packages, "trl": "0.12.1"})),
    Provoked("output_readonly", "storage", lambda w: w.about(output_trouble="/proc/xx can't be made")),
    Provoked("disk_full2", "storage_full", lambda w: (w.ask(method="full"), w.about(free_mb=0))),
]  # fmt: skip

NOT_CAUGHT = {
    "nan_lr": "1e30 is out of the spec's bounds: refused when the spec is read, before any of this",
    "extra_column_later": "trains well: a column that is not asked for is not read",
    "deepspeed_missing": "nothing in a spec asks for deepspeed",
    "torch_oom_direct": "host memory: the estimate's matter, not this look's",
    "mem_as": "host memory: the estimate's matter, not this look's",
    "mem_cgroup": "host memory: the estimate's matter, not this look's",
    "timeout_kill": "seen by the supervisor alone, while it runs",
    "cputime": "seen by the supervisor alone, while it runs",
}

TOLD = [
    Provoked("past max_position", "sequence_length", lambda w: w.ask(shape={"seq_len": 512})),
    Provoked("pad is eos", "tokenizer_pad", lambda w: w.edit("tokenizer_config.json", pad_token="<eos>"), "told"),
    Provoked("no assistant tokens", "dataset_all_masked",
             lambda w: w.rows([{"messages": row["messages"][:1]} for row in CHATS])),
    Provoked("a message without content", "dataset_row",
             lambda w: w.rows([{"messages": [{"role": "user"}, row["messages"][1]]} for row in CHATS])),
    Provoked("embedding smaller than the config", "model_config",
             lambda w: save(w.model / "model.safetensors", tensors(vocab=VOCAB - 8))),
]  # fmt: skip

OURS = [
    Provoked("no data file", "dataset_missing", lambda w: w.data.unlink()),
    Provoked("empty data file", "dataset_empty", lambda w: raw(w, b"")),
    Provoked("unknown columns", "dataset_columns", lambda w: w.rows([{"question": "a", "answer": "b"}] * 20)),
    Provoked("bad JSON", "dataset_row", lambda w: raw(w, b'{"text": "a"}\n{"text": \n')),
    Provoked("UTF-16", "dataset_encoding", lambda w: raw(w, '{"text": "a"}'.encode("utf-16"))),
    Provoked("dpo on single answers", "dataset_columns", lambda w: w.ask(objective="dpo")),
    Provoked("unknown role", "chat_template_role",
             lambda w: w.rows([{"messages": [{"role": "narrator", "content": "x"}]}] * 20)),
    Provoked("no tokenizer", "tokenizer", lambda w: (w.model / "tokenizer.json").unlink()),
    Provoked("broken tokenizer", "tokenizer", lambda w: cut(w.model / "tokenizer.json")),
    Provoked("config is no JSON", "model_config", lambda w: cut(w.model / "config.json")),
    Provoked("a part of the weights is missing", "model_corrupt",
             lambda w: w.write("model.safetensors.index.json", {"weight_map": {"a": "model-00002-of-2.safetensors"}})),
    Provoked("no weights", "model_missing", lambda w: (w.model / "model.safetensors").unlink()),
    Provoked("a template whose beginning changes", "chat_template_mask", lambda w: template(w, FORGETS)),
    Provoked("flash attention on a T4", "attention",
             lambda w: (w.ask(target={"gpu": "T4"}, shape={"attention": "flash_attention_2"}),
                        w.about(**HOME, capability=(7, 5)))),
    Provoked("bf16 on a T4", "precision", lambda w: (w.ask(target={"gpu": "T4"}, shape={"precision": "bf16"}),
                                                      w.about(**HOME, capability=(7, 5)))),
    Provoked("rows to evaluate on are trained on", "dataset_leak",
             lambda w: (w.rows(CHATS[:10], w.folder / "eval.jsonl"),
                        w.ask(data={"eval_path": str(w.folder / "eval.jsonl")}))),
    Provoked("a key in a row", "dataset_private",
             lambda w: w.rows([*CHATS, {"messages": [{"role": "user", "content": "key?"},
                                                     {"role": "assistant", "content": "AKIAIOSFODNN7EXAMPLE"}]}])),
]  # fmt: skip

ALL = [*RECORDED, *TOLD, *OURS]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_nothing_is_said_to_a_world_that_is_whole(world: World) -> None:
    assert world.problems() == ()


def test_nothing_is_said_to_a_checkpoint_that_is_whole(world: World) -> None:
    world.checkpoint()
    assert world.problems() == ()


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_provoked_failure_is_seen_before_any_spend(world: World, case: Provoked) -> None:
    case.break_it(world)
    found = {(one.kind, one.severity) for one in world.problems()}
    assert (case.kind, "error" if case.by == "refused" else "warning") in found


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_every_problem_says_what_to_do(world: World, case: Provoked) -> None:
    case.break_it(world)
    assert all(one.text and (one.advice or one.kind == "dataset_missing") for one in world.problems())


def test_a_learning_rate_of_1e30_is_no_spec(world: World) -> None:
    world.ask(optimization={"learning_rate": 1e30})
    with pytest.raises(ValidationError, match="learning_rate"):
        world.problems()


@needs_shared
def test_the_table_has_every_recorded_failure() -> None:
    text = (SHARED / "aegis-reference" / "failure_texts.md").read_text()
    recorded = {line.removeprefix("### ").strip() for line in text.splitlines() if line.startswith("### ")}
    assert {case.name for case in RECORDED} | set(NOT_CAUGHT) == recorded


def test_of_the_recorded_failures_21_are_refused_and_4_told() -> None:
    by = [case.by for case in RECORDED]
    assert (by.count("refused"), by.count("told"), len(NOT_CAUGHT)) == (21, 4, 8)


def test_a_template_with_tags_masks_what_one_without_them_masks(world: World) -> None:
    with_tags = world.report().samples
    template(world, PLAIN_TEMPLATE)
    assert [[piece.text.replace("<eos>", "") for piece in one.pieces] for one in with_tags] == [
        [piece.text.replace("<eos>", "") for piece in one.pieces] for one in world.report().samples
    ]


def test_a_template_that_ends_no_answer_is_told(world: World) -> None:
    template(world, TEMPLATE.replace("{{ eos_token }}", ""))
    assert any("never learnt" in one.text for one in world.problems())


def test_infinity_is_not_finite_either(world: World) -> None:
    arrays = tensors()
    arrays["lm_head.weight"][0, 0] = -np.inf
    save(world.model / "model.safetensors", arrays)
    assert "numeric_divergence" in {one.kind for one in world.problems()}
