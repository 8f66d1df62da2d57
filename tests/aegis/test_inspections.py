"""The commands that run nothing, called as a person calls them."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from aegis.worlds import World
from muster.aegis.settings import AegisSettings

AEGIS = Path(sys.executable).with_name("aegis")
LOG = "Traceback (most recent call last):\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.edit("config.json", intermediate_size=32)
    return made


def aegis(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "MUSTER_HOME": str(folder / "home"), **settings}
    silent = folder / "python"  # what trains here is not known, and is not asked for anything
    silent.write_text("#!/bin/sh\nexit 1\n")
    env["AEGIS_PYTHON"] = str(silent)
    return subprocess.run([str(AEGIS), *words], cwd=folder, env=env, capture_output=True, text=True, check=False)


def planned(world: World, words: str = "") -> dict[str, object]:
    asked = f"LoRA fine-tune ./model on rows.jsonl under $2 {words}"
    said = aegis(world.folder, "plan", asked, "--json")
    return json.loads(said.stdout)


def test_a_log_is_diagnosed(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(LOG)
    said = aegis(tmp_path, "diagnose", "log", "--exit-status", "1", "--json")
    assert json.loads(said.stdout)["kind"] == "oom_gpu"


def test_a_sound_log_tells_no_failure(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("step 1 loss 0.5\n")
    assert aegis(tmp_path, "diagnose", "log").stdout == "no failure is told here\n"


def test_a_log_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    assert aegis(tmp_path, "diagnose", "log").returncode == 2


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(random.Random(7).randbytes(2_000_000))
    said = aegis(tmp_path, "diagnose", "log")
    assert (said.returncode, "is no text" in said.stderr) == (2, True)


def test_zeros_where_a_log_was_cut_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\0" * 4096 + LOG.encode())
    assert aegis(tmp_path, "diagnose", "log").stdout.startswith("oom_gpu: ")


@pytest.mark.parametrize("status", ["99999999999999999999", "-256", "256"])
def test_an_exit_status_beyond_all_is_wrong_use(tmp_path: Path, status: str) -> None:
    (tmp_path / "log").write_text(LOG)
    said = aegis(tmp_path, "diagnose", "log", "--exit-status", status)
    assert (said.returncode, "Traceback" in said.stderr) == (2, False)


def test_the_catalogue_is_shown(tmp_path: Path) -> None:
    assert "H100" in {row["gpu"] for row in json.loads(aegis(tmp_path, "gpus", "--json").stdout)}


def test_the_spec_to_begin_with_is_written_once(tmp_path: Path) -> None:
    first, second = aegis(tmp_path, "init"), aegis(tmp_path, "init")
    assert (first.returncode, second.returncode) == (0, 2)


def test_a_plan_shows_what_a_row_teaches(world: World) -> None:
    said = aegis(world.folder, "plan", "LoRA fine-tune ./model on rows.jsonl under $2")
    assert "tokens learnt: " in said.stdout


def test_a_plan_estimates_memory(world: World) -> None:
    memory = planned(world)["memory"]
    assert isinstance(memory, dict)
    assert memory["total_gib"]["low"] <= memory["total_gib"]["mid"] <= memory["total_gib"]["high"]


def test_the_memory_of_a_plan_is_that_of_its_fit(world: World) -> None:
    plan = planned(world)
    assert plan["memory"]["total_gib"] == plan["estimate"]["memory_gib"]


@pytest.mark.parametrize(("memory_mb", "told"), [(128, True), (900, False)])
def test_a_memory_limit_below_what_a_training_takes_is_told(world: World, memory_mb: int, told: bool) -> None:
    spec = f"model: {{path: ./model}}\ndata: {{path: rows.jsonl}}\nmethod: lora\nbudget: {{max_usd: 2}}\ntarget: {{memory_mb: {memory_mb}}}\n"
    (world.folder / "spec.yaml").write_text(spec)
    said = aegis(world.folder, "plan", "spec.yaml")
    assert ("warning, target.memory_mb: target.memory_mb is 128" in said.stdout) is told


def test_a_plan_judges_every_gpu(world: World) -> None:
    gpus = planned(world)["gpus"]
    assert isinstance(gpus, list)
    assert {one["fits"] for one in gpus} == {"yes"}


def test_a_plan_marks_the_cheapest_gpu_in_its_table(world: World) -> None:
    said = aegis(world.folder, "plan", "LoRA fine-tune ./model on rows.jsonl under $2")
    heads, first = said.stdout.split("GPUs\n")[1].splitlines()[:2]
    assert (heads.split()[:2], first.split()[0]) == (["best", "GPU"], "cheapest,")


def test_a_plan_says_first_what_was_said_and_folds_the_defaults(world: World) -> None:
    said = aegis(world.folder, "plan", "LoRA fine-tune ./model on rows.jsonl under $2")
    spec = said.stdout.partition("Data\n")[0]
    assert "by default lora: rank 16, alpha 32" in spec.partition("budget.max_usd: 2")[2]


def test_the_upper_bounds_of_a_plan_are_of_all_attempts_as_the_gates(world: World) -> None:
    assert planned(world)["attempts"] == AegisSettings().aegis_max_retries + 1


def test_a_plan_asks_the_model_as_a_run_does(world: World) -> None:
    away = {"LLM_PROVIDER": "vllm", "VLLM_BASE_URL": "http://127.0.0.1:9/v1"}
    said = aegis(world.folder, "plan", "LoRA fine-tune ./model on rows.jsonl under $2 gently please", "--json", **away)
    assert "rules go on alone" in json.loads(said.stdout)["left_out"][0]


def test_a_plan_of_words_with_a_secret_is_refused(world: World) -> None:
    said = aegis(world.folder, "plan", "LoRA fine-tune ./model with AKIAIOSFODNN7EXAMPLE on rows.jsonl under $2")
    assert (said.returncode, "looks like a secret" in said.stderr) == (2, True)


def test_a_plan_writes_the_script(world: World) -> None:
    aegis(world.folder, "plan", "LoRA fine-tune ./model on rows.jsonl under $2", "--script", "train.py")
    compile((world.folder / "train.py").read_text(), "train.py", "exec")


def test_the_folder_of_a_script_is_made(world: World) -> None:
    aegis(world.folder, "plan", "LoRA fine-tune ./model on rows.jsonl under $2", "--script", "alone/train.py")
    assert (world.folder / "alone/train.py").is_file()


def test_a_script_that_can_not_be_written_takes_no_plan_away(world: World) -> None:
    words = "LoRA fine-tune ./model on rows.jsonl under $2"
    said = aegis(world.folder, "plan", words, "--script", "rows.jsonl/train.py")
    assert (said.returncode, "GPUs" in said.stdout, "can't be written" in said.stderr) == (2, True, True)


def test_a_plan_that_would_be_refused_fails(world: World) -> None:
    (world.folder / "rows.jsonl").write_text("")
    assert aegis(world.folder, "plan", "LoRA fine-tune ./model on rows.jsonl under $2").returncode == 1


def test_what_is_not_said_and_has_no_default_is_named(world: World) -> None:
    said = aegis(world.folder, "plan", "LoRA fine-tune ./model under $2")
    assert "data.path: Which file" in said.stderr


def test_nothing_asked_for_is_wrong_use(tmp_path: Path) -> None:
    assert aegis(tmp_path, "plan", "").returncode == 2
