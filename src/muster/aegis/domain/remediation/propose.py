"""What may cure a failed training or evaluation: typed changes, the best first.

Data, templates, models and machines are no matter of hyperparameters: there the diagnosis has advice for a person,
and nothing is changed. Nothing is tried twice, and nothing runs unchanged again but for a cause that passes.
"""

from collections.abc import Callable, Iterator, Sequence

from muster.aegis.domain.diagnosis import Diagnosis, FailureKind
from muster.aegis.domain.remediation.going_on import (
    repair_checkpoint,
    repair_hardware,
    repair_length,
    repair_masked,
    repair_space,
    repair_time,
    repair_transient,
)
from muster.aegis.domain.remediation.memory import repair_evaluation_memory, repair_memory
from muster.aegis.domain.remediation.situation import Lengths, Situation
from muster.aegis.domain.remediation.training import (
    repair_attention,
    repair_divergence,
    repair_flat,
    repair_package,
    repair_precision,
    repair_targets,
)
from muster.aegis.domain.repairs import Forecast, Forecaster, Resume, SpecPatch, SpecRepair, apply_patch
from muster.aegis.domain.spec import TrainingSpec

Proposer = Callable[[Situation], Iterator[SpecRepair]]

MEMORY: frozenset[FailureKind] = frozenset({"oom_gpu", "oom_host", "oom_killed"})

PROPOSERS: dict[FailureKind, Proposer] = {
    "oom_gpu": repair_memory,
    "oom_host": repair_memory,
    "oom_killed": repair_memory,
    "numeric_divergence": repair_divergence,
    "no_progress": repair_flat,
    "timeout": repair_time,
    "cpu_limit": repair_time,
    "preempted": repair_transient,
    "hardware": repair_hardware,
    "network": repair_transient,
    "dataset_all_masked": repair_masked,
    "sequence_length": repair_length,
    "lora_targets": repair_targets,
    "precision": repair_precision,
    "attention": repair_attention,
    "env_missing_package": repair_package,
    "checkpoint_missing": repair_checkpoint,
    "checkpoint_corrupt": repair_checkpoint,
    "storage_full": repair_space,
}
"""Classes that are not here go to a person."""


def nothing_known(_: TrainingSpec) -> Forecast | None:
    """The forecaster of who knows nothing."""
    return None


def remediate(
    spec: TrainingSpec,
    diagnosis: Diagnosis,
    tried: Sequence[SpecRepair],
    *,
    last_good_checkpoint: str = "",
    lengths: Lengths | None = None,
    forecast: Forecaster = nothing_known,
) -> tuple[SpecRepair, ...]:
    """Repairs of the spec that failed, best first; empty: a person is asked, with the diagnosis' advice.

    `spec` has all repairs in it that were tried. `last_good_checkpoint` is relative to the run's folder.
    """
    situation = Situation(spec, diagnosis, last_good_checkpoint, lengths or Lengths(), forecast)
    seen = {_identity(repair.patch) for repair in tried}
    return tuple(repair for repair in _repairs(situation) if _is_new(situation, repair.patch, seen))


def _repairs(situation: Situation) -> Iterator[SpecRepair]:
    kind = situation.diagnosis.kind
    if situation.diagnosis.phase == "eval" and kind in MEMORY:
        return repair_evaluation_memory(situation)
    proposer = PROPOSERS.get(kind)
    return proposer(situation) if proposer else iter(())


def _is_new(situation: Situation, patch: SpecPatch, seen: set[str]) -> bool:
    only_again = isinstance(patch, Resume) and patch.change is None
    changes = only_again or apply_patch(situation.spec, patch) != situation.spec
    return changes and _identity(patch) not in seen


def _identity(patch: SpecPatch) -> str:
    """A change is the same from whatever checkpoint it goes on; without one, the checkpoint is all there is."""
    change = patch.change if isinstance(patch, Resume) else patch
    return change.model_dump_json() if change else patch.model_dump_json()
