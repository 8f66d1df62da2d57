"""What may cure which failure: the order, what stays, what is asked, and that nothing is tried twice."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis.domain.failures.reference import Case, read_cases
from muster.aegis.domain.diagnosis import Diagnosis, FailureKind
from muster.aegis.domain.failures.classify import diagnose
from muster.aegis.domain.remediation.propose import remediate
from muster.aegis.domain.remediation.situation import Lengths
from muster.aegis.domain.repairs import Forecast, Resume, SpecChange, SpecRepair, apply_patch
from muster.aegis.domain.spec import DataRef, ModelRef, TrainingSpec
from shared_data import needs_shared

SPEC = TrainingSpec(model=ModelRef(path="models/tiny"), data=DataRef(path="rows.jsonl"))
ON_GPU = SPEC.model_copy(update={"target": SPEC.target.model_copy(update={"gpu": "A10G"})})
FIRST = "checkpoints/50"


def failed(kind: FailureKind, **more: Any) -> Diagnosis:
    return Diagnosis(kind=kind, summary="it failed", **more)


def with_shape(spec: TrainingSpec, **shape: Any) -> TrainingSpec:
    return spec.model_copy(update={"shape": spec.shape.model_copy(update=shape)})


def change_of(repair: SpecRepair) -> SpecChange | None:
    return repair.patch if isinstance(repair.patch, SpecChange) else repair.patch.change


def action_of(repairs: tuple[SpecRepair, ...]) -> str:
    if not repairs or repairs[0].needs_answer:
        return "ask"
    return "change" if change_of(repairs[0]) else "go on"


ACTIONS = {
    "nan_lr": "change", "nan_injected": "change", "seq_too_long_truncate_all_masked": "change",
    "wrong_target_modules": "change", "resume_missing": "go on", "resume_corrupt": "go on",
    "torch_oom_direct": "change", "mem_as": "change", "mem_cgroup": "change", "disk_full2": "change",
}  # fmt: skip
"""All others go to a person: data, templates, models, packages, machines, and time that is over."""


@needs_shared
@pytest.mark.parametrize("case", [one for one in read_cases() if one.kind], ids=lambda case: case.name)
def test_a_provoked_failure_leads_to_the_right_class_of_action(case: Case) -> None:
    diagnosis = diagnose(case.ended, phase="train")
    lora = SPEC.lora.model_copy(update={"targets": ("query_key_value",)})
    spec = SPEC.model_copy(update={"lora": lora})
    assert diagnosis
    assert action_of(remediate(spec, diagnosis, ())) == ACTIONS.get(case.name, "ask")


def test_memory_of_a_training_halves_the_micro_batch_and_doubles_the_accumulation_first() -> None:
    first = remediate(ON_GPU, failed("oom_gpu"), ())[0]
    assert first.patch == SpecChange(micro_batch=2, accumulation=8)
    assert first.diff.splitlines() == ["optimization.micro_batch: 4 -> 2", "optimization.accumulation: 4 -> 8"]


def test_after_the_batch_come_recomputing_then_4_bits_then_shorter_rows_which_are_asked() -> None:
    repairs = remediate(ON_GPU, failed("oom_gpu"), ())
    assert [change_of(one) for one in repairs[1:]] == [
        SpecChange(gradient_checkpointing=True), SpecChange(method="qlora"), SpecChange(seq_len=512)
    ]  # fmt: skip
    assert [one.needs_answer for one in repairs] == [False, False, False, True]


def test_rows_that_are_short_anyway_are_not_asked_for() -> None:
    repairs = remediate(SPEC, failed("oom_host"), (), lengths=Lengths(longest_row=300))
    assert (change_of(repairs[-1]), repairs[-1].needs_answer) == (SpecChange(seq_len=512), False)


def test_an_adapter_in_place_of_all_weights_is_asked() -> None:
    full = ON_GPU.model_copy(update={"method": "full"})
    qlora = next(one for one in remediate(full, failed("oom_gpu"), ()) if one.patch == SpecChange(method="qlora"))
    assert qlora.needs_answer


def test_memory_of_an_evaluation_changes_the_evaluations_batch_alone() -> None:
    repairs = remediate(ON_GPU, failed("oom_gpu", phase="eval"), ())
    assert [one.patch for one in repairs] == [SpecChange(eval_batch=4)]


def test_memory_that_was_free_is_no_matter_of_the_batch() -> None:
    diagnosis = failed("oom_gpu", numbers={"tried_gib": 0.125, "free_gib": 37.3, "total_gib": 45.0})
    assert remediate(ON_GPU, diagnosis, ()) == ()


def test_what_was_trained_is_kept_when_memory_ends_later() -> None:
    patch = remediate(ON_GPU, failed("oom_gpu"), (), last_good_checkpoint=FIRST)[0].patch
    assert patch == Resume(checkpoint=FIRST, change=SpecChange(micro_batch=2, accumulation=8))


def test_what_is_forecast_not_to_fit_comes_last() -> None:
    def forecast(spec: TrainingSpec) -> Forecast:
        return Forecast(memory_gib=10.0 if spec.shape.gradient_checkpointing else 40.0, seconds=60, usd=1)

    diagnosis = failed("oom_gpu", numbers={"total_gib": 24.0})
    first = remediate(ON_GPU, diagnosis, (), forecast=forecast)[0]
    assert first.patch == SpecChange(gradient_checkpointing=True)
    assert "memory 40 to 10 GiB, time 60 to 60 s, cost 1 to 1 USD" in first.expected_effect


def test_a_divergence_goes_back_to_the_last_good_checkpoint_with_smaller_steps() -> None:
    repair = remediate(SPEC, failed("numeric_divergence"), (), last_good_checkpoint=FIRST)[0]
    change = SpecChange(learning_rate=5e-5, warmup_share=0.1, max_grad_norm=0.3)
    assert repair.patch == Resume(checkpoint=FIRST, change=change)


def test_a_rate_out_of_all_bounds_falls_to_the_usual_at_once() -> None:
    wild = SPEC.model_copy(update={"optimization": SPEC.optimization.model_copy(update={"learning_rate": 1.0})})
    change = change_of(remediate(wild, failed("numeric_divergence"), ())[0])
    assert change
    assert change.learning_rate == 2e-4


def test_fp16_that_overflows_takes_another_format_first() -> None:
    repairs = remediate(with_shape(SPEC, precision="fp16"), failed("numeric_divergence"), ())
    assert change_of(repairs[0]) == SpecChange(precision="bf16")


def test_a_missing_kernel_falls_back_along_the_ladder() -> None:
    flash = with_shape(ON_GPU, attention="flash_attention_2")
    assert [one.patch for one in remediate(flash, failed("attention"), ())] == [
        SpecChange(attention="sdpa"), SpecChange(attention="eager")
    ]  # fmt: skip


def test_4_bits_without_their_package_become_lora_when_a_person_agrees() -> None:
    qlora = ON_GPU.model_copy(update={"method": "qlora"})
    repairs = remediate(qlora, failed("env_missing_package", evidence=("requires bitsandbytes",)), ())
    assert [(one.patch, one.needs_answer) for one in repairs] == [(SpecChange(method="lora"), True)]


@pytest.mark.parametrize("kind", ["network", "preempted"])
def test_a_cause_that_passes_goes_on_from_the_checkpoint_unchanged(kind: FailureKind) -> None:
    repairs = remediate(SPEC, failed(kind, transient=True), (), last_good_checkpoint=FIRST)
    assert [one.patch for one in repairs] == [Resume(checkpoint=FIRST)]
    assert remediate(SPEC, failed(kind, transient=True), repairs, last_good_checkpoint=FIRST) == ()


@pytest.mark.parametrize(("executor", "times"), [("nomad", 1), ("modal", 1), ("sandbox", 0), ("docker", 0)])
def test_broken_hardware_is_left_only_where_there_are_other_machines(executor: str, times: int) -> None:
    spec = SPEC.model_copy(update={"target": SPEC.target.model_copy(update={"executor": executor})})
    repairs = remediate(spec, failed("hardware", transient=True), (), last_good_checkpoint=FIRST)
    assert [one.patch for one in repairs] == [Resume(checkpoint=FIRST)] * times


KINDS = st.sampled_from(FailureKind.__args__)


@settings(max_examples=60, deadline=None)
@given(kind=KINDS, micro=st.integers(1, 64), accumulation=st.integers(1, 64), gpu=st.sampled_from(["cpu", "A10G"]))
def test_nothing_is_tried_twice_and_every_road_ends(kind: FailureKind, micro: int, accumulation: int, gpu: str) -> None:
    optimization = SPEC.optimization.model_copy(update={"micro_batch": micro, "accumulation": accumulation})
    spec = SPEC.model_copy(update={"optimization": optimization, "target": SPEC.target.model_copy(update={"gpu": gpu})})
    tried: list[SpecRepair] = []
    while repairs := remediate(spec, failed(kind), tried):
        assert repairs[0].patch not in [one.patch for one in tried]
        after = apply_patch(spec, repairs[0].patch)
        assert after != spec or repairs[0].patch == Resume(checkpoint="")
        assert after.effective_batch == spec.effective_batch
        tried, spec = [*tried, repairs[0]], after
        assert len(tried) < 30


@settings(max_examples=40, deadline=None)
@given(kind=KINDS)
def test_every_repair_says_why_and_what_it_brings(kind: FailureKind) -> None:
    assert all(one.reason and one.expected_effect for one in remediate(SPEC, failed(kind), ()))
