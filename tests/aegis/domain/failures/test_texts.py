"""Texts of failures: the provoked ones of the reference, and others of the same kinds."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from aegis.domain.failures.reference import FILE, Case, read_cases
from muster.aegis.domain.failures.classify import diagnose, diagnose_log
from shared_data import needs_shared

CASES = read_cases()
VARIANTS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("variants.yaml").read_text())


@needs_shared
def test_the_whole_reference_is_read() -> None:
    assert len(CASES) == FILE.read_text().count("\nprovoked: ")


@needs_shared
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_provoked_failure_is_named(case: Case) -> None:
    diagnosis = diagnose(case.ended, phase="train")
    assert (diagnosis.kind if diagnosis else "") == case.kind


@needs_shared
@pytest.mark.parametrize("case", [one for one in CASES if one.log.strip()], ids=lambda case: case.name)
def test_a_provoked_failure_is_named_by_its_text_alone(case: Case) -> None:
    diagnosis = diagnose_log(case.log)
    assert (diagnosis.kind if diagnosis else "") == case.kind


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: f"{one['kind']}-{one['log'][-30:]!r}")
def test_a_text_of_the_same_kind_is_named(variant: dict[str, Any]) -> None:
    diagnosis = diagnose_log(variant["log"], exit_status=variant["status"])
    assert (diagnosis.kind if diagnosis else "none") == variant["kind"]


OOM = [
    "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 14.73 GiB total capacity; 13.67 GiB already allocated; 15.88 MiB free; 13.72 GiB reserved in total by PyTorch)",
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 128.00 MiB (GPU 0; 44.99 GiB total capacity; 6.15 GiB already allocated; 37.32 GiB free; 6.15 GiB reserved in total by PyTorch)",
    "OutOfMemoryError: CUDA out of memory. Tried to allocate 64.00 GiB. GPU 0 has a total capacty of 14.75 GiB of which 5.48 GiB is free. Process 15367 has 9.27 GiB memory in use.",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 224.00 MiB. GPU  has a total capacity of 23.68 GiB of which 7.06 MiB is free.",
]


@pytest.mark.parametrize(
    ("text", "numbers"),
    list(
        zip(OOM, [(0.02, 14.73, 0.016), (0.125, 44.99, 37.32), (64, 14.75, 5.48), (0.219, 23.68, 0.007)], strict=True)
    ),
)
def test_every_wording_of_an_allocator_is_read_with_its_numbers(text: str, numbers: tuple[float, float, float]) -> None:
    diagnosis = diagnose_log(text)
    assert diagnosis
    assert diagnosis.kind == "oom_gpu"
    assert diagnosis.numbers == dict(zip(("tried_gib", "total_gib", "free_gib"), numbers, strict=True))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("AssertionError: Torch not compiled with CUDA enabled", "env_no_cuda"),
        ("RuntimeError: CUDA error: device-side assert triggered", "vocab_mismatch"),
        ("RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`", "oom_gpu"),
        ("RuntimeError: cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if", "oom_gpu"),
        ("ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: -9) local_rank: 2 (pid: 7)", "oom_killed"),
        ("ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: -7) local_rank: 2 (pid: 7)", "oom_host"),
        ("RuntimeError: You're using assistant_only_loss=True, but at least one example has no assistant tokens.", "chat_template_mask"),
        ("RuntimeError: size mismatch for base_model.model.model.embed_tokens.weight: copying a param with shape torch.Size([151666, 2048]) from checkpoint, the shape in current model is torch.Size([151936, 2048]).", "vocab_mismatch"),
    ],
)  # fmt: skip
def test_a_word_that_stands_in_many_errors_decides_nothing(text: str, kind: str) -> None:
    diagnosis = diagnose_log(text)
    assert diagnosis
    assert diagnosis.kind == kind


FRAMES = '  File "trainer.py", line 3, in {place}\n    x()\n'


def test_the_last_of_a_chain_wins_over_what_was_being_handled() -> None:
    log = f"Traceback (most recent call last):\n{FRAMES.format(place='a')}KeyError: 'text'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n{FRAMES.format(place='b')}OSError: [Errno 28] No space left on device\n"
    diagnosis = diagnose_log(log)
    assert diagnosis
    assert diagnosis.kind == "storage_full"


def test_an_exception_that_says_nothing_is_explained_by_its_cause() -> None:
    log = f"Traceback (most recent call last):\n{FRAMES.format(place='a')}MemoryError\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n{FRAMES.format(place='b')}RuntimeError: worker failed\n"
    diagnosis = diagnose_log(log)
    assert diagnosis
    assert diagnosis.kind == "oom_host"


def test_an_earlier_traceback_of_another_matter_is_no_cause() -> None:
    log = f"Traceback (most recent call last):\n{FRAMES.format(place='a')}ModuleNotFoundError: No module named 'wandb'\nTraceback (most recent call last):\n{FRAMES.format(place='b')}NameError: name 'x' is not defined\n"
    diagnosis = diagnose_log(log)
    assert diagnosis
    assert diagnosis.kind == "script_error"


def test_memory_that_ends_within_the_trainers_evaluation_is_a_failure_of_the_evaluation() -> None:
    log = f"Traceback (most recent call last):\n{FRAMES.format(place='evaluation_loop')}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 8 GiB.\n"
    diagnosis = diagnose_log(log)
    assert diagnosis
    assert (diagnosis.kind, diagnosis.phase) == ("oom_gpu", "eval")


def test_a_word_in_a_line_of_source_decides_nothing() -> None:
    log = 'Traceback (most recent call last):\n  File "t.py", line 3, in f\n    raise ValueError(why)  # CUDA out of memory\nValueError: why\n'
    diagnosis = diagnose_log(log)
    assert diagnosis
    assert diagnosis.kind == "script_error"


def test_memory_that_was_free_is_told_apart() -> None:
    free, used = diagnose_log(OOM[1]), diagnose_log(OOM[3])
    assert free
    assert used
    assert "More was free" in free.advice
    assert "More was free" not in used.advice


def test_a_log_without_bounds_is_read_from_its_end() -> None:
    noise = "step INFO " + "x" * 990 + "\n"
    diagnosis = diagnose_log(noise * 5000 + "MemoryError: \n")
    assert diagnosis
    assert diagnosis.kind == "oom_host"


@pytest.mark.parametrize(
    "text",
    [
        "Error: " * 70_000,
        "((((1, nan" * 50_000,
        "loss: " + "1" * 500_000,
        "[rank0]: " * 50_000,
        "Traceback (most recent call last)\n" * 15_000,
    ],
)
def test_a_hostile_log_ends_in_an_answer(text: str) -> None:
    diagnose_log(text)


def test_a_traceback_before_the_printed_steps_counts_when_the_status_says_that_it_failed() -> None:
    log = f"Traceback (most recent call last):\n{FRAMES.format(place='a')}MemoryError\n{{'loss': 1.9, 'epoch': 0.1}}\n"
    diagnosis = diagnose_log(log, exit_status=1)
    assert diagnosis
    assert diagnosis.kind == "oom_host"
    assert diagnose_log(log) is None


def test_what_a_training_survived_is_not_why_it_was_killed_later() -> None:
    log = f"Traceback (most recent call last):\n{FRAMES.format(place='a')}MemoryError\n{{'loss': 1.9, 'epoch': 0.1}}\n"
    diagnosis = diagnose_log(log, exit_status=137)
    assert diagnosis
    assert diagnosis.kind == "unknown"


def test_a_complaint_about_a_loss_is_no_sound_step() -> None:
    diagnosis = diagnose_log("ValueError: loss: 1 is all that is left, training diverged")
    assert diagnosis
    assert diagnosis.kind == "numeric_divergence"


def test_a_shell_that_says_killed_says_no_reason() -> None:
    diagnosis = diagnose_log("run.sh: line 3:   812 Killed                  python train.py")
    assert diagnosis
    assert diagnosis.kind == "unknown"


def test_times_that_a_platform_puts_before_every_line_hide_nothing() -> None:
    lines = [
        "Traceback (most recent call last):",
        '  File "t.py", line 3, in evaluate',
        "    x()",
        "RuntimeError: CUDA error: out of memory",
    ]
    diagnosis = diagnose_log("\n".join(f"2026-11-21T10:00:00.123Z {line}" for line in lines))
    assert diagnosis
    assert (diagnosis.kind, diagnosis.phase) == ("oom_gpu", "eval")


def test_a_traceback_in_a_box_is_read_by_its_last_line() -> None:
    log = "╭───── Traceback (most recent call last) ─────╮\n│ t.py:544 in <module>            │\n│ ❱ 544 │   run()                 │\n╰─────────────────────────────────────────────╯\nModuleNotFoundError: No module named 'peft'\n"
    diagnosis = diagnose_log(log)
    assert diagnosis
    assert diagnosis.kind == "env_missing_package"
