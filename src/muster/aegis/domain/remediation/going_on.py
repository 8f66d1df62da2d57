"""Repairs that go on from a checkpoint, or change how long rows and runs are."""

from collections.abc import Iterator

from muster.aegis.domain.remediation.situation import Situation
from muster.aegis.domain.repairs import Resume, SpecChange, SpecRepair

LONGEST = 1_048_576


def repair_transient(situation: Situation) -> Iterator[SpecRepair]:
    """The same again, from where it was: the cause goes away by itself."""
    yield _again(situation, "the cause goes away by itself")


def repair_hardware(situation: Situation) -> Iterator[SpecRepair]:
    """The same where another machine may be had; one's own is the broken one."""
    if situation.spec.target.executor in ("nomad", "modal"):
        yield _again(situation, "another machine is whole")


def repair_checkpoint(situation: Situation) -> Iterator[SpecRepair]:
    """From the one before, or afresh; one that a person named is theirs to replace."""
    if situation.checkpoint or not situation.spec.saving.resume_from:
        yield _again(situation, "the checkpoint that was asked for is of no use")


def repair_time(situation: Situation) -> Iterator[SpecRepair]:
    """The rest of it in another job; then fewer epochs. Both are a person's choice: more money, or less training."""
    if situation.checkpoint:
        patch = Resume(checkpoint=situation.checkpoint)
        yield situation.repair(patch, "what was trained is kept", "the rest is trained in a job of its own", ask=True)
    epochs = situation.spec.optimization.epochs
    if situation.spec.optimization.max_steps is None and epochs > 1:
        patch = situation.going_on(SpecChange(epochs=max(1.0, epochs / 2)))
        yield situation.repair(patch, "it took longer than it may", "half the steps", ask=True, risk="less training")


def repair_length(situation: Situation) -> Iterator[SpecRepair]:
    """Down to what the model was made for."""
    length, most = situation.spec.shape.seq_len, situation.lengths.max_position
    target = most if most and most < length else length // 2
    longest = situation.lengths.longest_row
    cuts = longest is None or longest > target
    if target >= 8:
        yield situation.repair(
            SpecChange(seq_len=target),
            "the model has no positions beyond",
            f"rows of {target} tokens at most",
            ask=cuts,
            risk="longer rows are cut" if cuts else "",
        )


def repair_masked(situation: Situation) -> Iterator[SpecRepair]:
    """Up to the longest row: what is learnt stands at the end of a row, and was cut."""
    length, lengths = situation.spec.shape.seq_len, situation.lengths
    target = lengths.longest_row or 4 * length
    target = min(target, lengths.max_position or LONGEST)
    if target > length:
        effect = f"rows of {target} tokens; more memory and time"
        yield situation.repair(SpecChange(seq_len=target), "answers stand at the end of rows, and were cut", effect)


def repair_space(situation: Situation) -> Iterator[SpecRepair]:
    """One checkpoint at a time."""
    if situation.spec.saving.keep_checkpoints > 1:
        patch = situation.going_on(SpecChange(keep_checkpoints=1))
        yield situation.repair(patch, "checkpoints fill the disk", "one checkpoint is kept; the same training")


def _again(situation: Situation, reason: str) -> SpecRepair:
    effect = f"goes on from {situation.checkpoint}" if situation.checkpoint else "from the start again"
    return situation.repair(Resume(checkpoint=situation.checkpoint), reason, effect)
