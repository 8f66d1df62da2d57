"""Ends without a word: the supervisor's acts, the kernel's counter, the event log, the bare status."""

from datetime import UTC, datetime
from typing import Any

import pytest

from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.failures.classify import diagnose
from muster.aegis.domain.failures.metrics import find_not_finite
from muster.aegis.domain.workload import Ended, Metric

AT = datetime(2026, 11, 21, tzinfo=UTC)


def curve(*losses: float | None, **more: Any) -> tuple[Metric, ...]:
    return tuple(
        Metric(at=AT, step=step, loss=loss, **{"grad_norm": 1.0, "finite": loss is not None, **more})
        for step, loss in enumerate(losses, 1)
    )


def kind_of(**ended: Any) -> FailureKind | None:
    diagnosis = diagnose(Ended(**ended), phase="train")
    return diagnosis.kind if diagnosis else None


@pytest.mark.parametrize(
    ("why", "kind"),
    [("budget", "budget"), ("timeout", "timeout"), ("cancelled", "cancelled"), ("diverged", "numeric_divergence"), ("stalled", "no_progress")],
)  # fmt: skip
def test_what_the_supervisor_did_is_the_reason(why: str, kind: str) -> None:
    assert kind_of(exit_status=137, stopped_for=why) == kind


def test_a_supervised_stop_that_left_in_order_is_told_too() -> None:
    assert kind_of(exit_status=0, stopped_for="budget") == "budget"


def test_the_kernels_counter_tells_a_kill_for_memory_from_others() -> None:
    assert kind_of(exit_status=137, oom_kills=1) == "oom_killed"
    assert kind_of(exit_status=137) == "unknown"


def test_a_limit_that_the_executor_saw_is_the_reason_of_a_kill() -> None:
    assert kind_of(exit_status=137, cpu_limited=True) == "cpu_limit"
    assert kind_of(exit_status=137, disk_limited=True) == "storage_full"


def test_a_job_that_stalled_because_the_kernel_killed_a_part_of_it_wants_memory() -> None:
    assert kind_of(exit_status=137, oom_kills=1, stopped_for="stalled") == "oom_killed"


def test_a_sound_end_stays_sound_though_a_part_was_killed() -> None:
    assert kind_of(exit_status=0, oom_kills=1, metrics=curve(2, 1)) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [(143, "preempted"), (-15, "preempted"), (152, "cpu_limit"), (153, "storage_full"), (135, "oom_host"), (139, "script_error"), (124, "timeout"), (None, "preempted"), (1, "unknown")],
)  # fmt: skip
def test_an_end_without_a_word_is_named_by_its_status(status: int | None, kind: str) -> None:
    assert kind_of(exit_status=status) == kind


def test_a_run_of_nan_that_exits_with_0_diverged() -> None:
    assert kind_of(exit_status=0, metrics=curve(5.9, None, None)) == "numeric_divergence"


def test_a_gradient_that_is_infinite_is_seen_though_the_loss_says_0() -> None:
    assert kind_of(exit_status=0, metrics=curve(5.9, 0.0, 0.0, grad_norm=float("nan"))) == "numeric_divergence"


def test_a_loss_of_0_without_any_gradient_is_a_mask_over_all() -> None:
    assert kind_of(exit_status=0, metrics=curve(0.0, 0.0, 0.0, grad_norm=0.0)) == "dataset_all_masked"


def test_a_loss_that_explodes_is_a_divergence_though_it_ends_in_order() -> None:
    assert kind_of(exit_status=0, metrics=curve(2.5, 2.2, 2.0, 1.8, 1.7, 1.6, 7.0, 9.0, 11.0)) == "numeric_divergence"


def test_one_bad_batch_is_no_explosion() -> None:
    assert kind_of(exit_status=0, metrics=curve(2.5, 2.2, 2.0, 1.8, 9.0, 1.7, 1.6)) is None


def test_a_loss_that_never_falls_is_no_progress() -> None:
    assert kind_of(exit_status=0, metrics=curve(*([5.0, 5.1] * 20))) == "no_progress"


def test_a_loss_that_falls_slowly_is_progress() -> None:
    assert kind_of(exit_status=0, metrics=curve(*(5 - 0.001 * step for step in range(60)))) is None


def test_words_win_over_what_a_curve_suggests() -> None:
    rising = curve(2.5, 2.2, 2.0, 1.8, 1.7, 1.6, 7.0, 9.0, 11.0)
    assert (
        kind_of(exit_status=1, metrics=rising, log_tail="OSError: [Errno 28] No space left on device") == "storage_full"
    )


def test_the_scaler_of_fp16_may_skip_first_steps() -> None:
    assert find_not_finite(curve(None, 2.0, 1.9)) == ""
    assert find_not_finite(curve(2.0, None, None), patience=3) == ""
    assert find_not_finite(curve(2.0, None, None, None), patience=3)


def test_a_step_that_the_scaler_skipped_last_is_no_divergence_with_patience() -> None:
    ended = Ended(exit_status=0, metrics=curve(2.5, 2.0, 1.8, None))
    assert diagnose(ended, phase="train", patience=3) is None
    assert diagnose(ended, phase="train")


def test_a_run_that_never_had_a_number_diverged_whatever_the_patience() -> None:
    ended = Ended(exit_status=0, metrics=curve(None, None))
    assert diagnose(ended, phase="train", patience=20)


def test_the_loss_of_an_evaluation_is_no_step() -> None:
    steps = curve(2.5, 2.2, 2.0, 1.9, 1.8, 1.7)
    evaluated = tuple(one.model_copy(update={"event": "eval", "loss": 9.0}) for one in steps)
    assert kind_of(exit_status=0, metrics=(*steps, *evaluated)) is None
