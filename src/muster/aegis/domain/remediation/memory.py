"""Repairs for memory that was not enough. The effective batch stays: halving the batch alone trains otherwise."""

from collections.abc import Iterator

from muster.aegis.domain.diagnosis import was_free
from muster.aegis.domain.remediation.situation import Situation
from muster.aegis.domain.repairs import SpecChange, SpecRepair

MOST_ACCUMULATION = 65_536
"""The spec's own bound."""
SHORTEST = 128
"""Tokens: below that hardly a row is left whole."""


def repair_memory(situation: Situation) -> Iterator[SpecRepair]:
    """Of a training: other attention, smaller micro batches, recomputing, 4-bit weights, shorter rows."""
    if was_free(situation.diagnosis.numbers):
        return
    steps = (_attention, _micro_batch, _checkpointing, _four_bit, _shorter)
    found = [repair for step in steps for repair in step(situation)]
    yield from sorted(found, key=lambda repair: _too_large(situation, repair))


def repair_evaluation_memory(situation: Situation) -> Iterator[SpecRepair]:
    """Of an evaluation: its own batch, and nothing of the training."""
    batch = situation.spec.evaluation.batch
    if batch > 1:
        patch = situation.going_on(SpecChange(eval_batch=batch // 2))
        yield situation.repair(patch, "the evaluation's batch was too large", "half its activations, the same result")


def _attention(situation: Situation) -> Iterator[SpecRepair]:
    if situation.spec.shape.attention == "eager":
        patch = situation.going_on(SpecChange(attention="sdpa"))
        yield situation.repair(
            patch, "eager attention keeps a square of scores", "no square of scores, the same result"
        )


def _micro_batch(situation: Situation) -> Iterator[SpecRepair]:
    micro = situation.spec.optimization.micro_batch
    if micro == 1:
        return
    together = micro * situation.spec.optimization.accumulation
    smaller = next(size for size in range(micro // 2, 0, -1) if together % size == 0)
    if together // smaller > MOST_ACCUMULATION:
        return
    patch = situation.going_on(SpecChange(micro_batch=smaller, accumulation=together // smaller))
    yield situation.repair(
        patch,
        "activations and logits grow with the micro batch; the accumulation makes up for it",
        f"about {1 - smaller / micro:.0%} less memory for activations, the same effective batch, slightly slower",
    )


def _checkpointing(situation: Situation) -> Iterator[SpecRepair]:
    if not situation.spec.shape.gradient_checkpointing:
        patch = situation.going_on(SpecChange(gradient_checkpointing=True))
        yield situation.repair(
            patch, "activations can be computed again instead of kept", "far fewer activations, about a third slower"
        )


def _four_bit(situation: Situation) -> Iterator[SpecRepair]:
    """Weights in 4 bits need a GPU; host memory is not where they lie."""
    method = situation.spec.method
    if method == "qlora" or not situation.on_gpu or situation.diagnosis.kind != "oom_gpu":
        return
    yield situation.repair(
        SpecChange(method="qlora"),
        "the weights themselves take a quarter in 4 bits",
        "weights in 4 bits, slower steps",
        ask=method == "full",
        risk="an adapter instead of all weights" if method == "full" else "slightly coarser base weights",
    )


def _shorter(situation: Situation) -> Iterator[SpecRepair]:
    length = situation.spec.shape.seq_len
    longest = situation.lengths.longest_row
    target = length // 2 if longest is None or longest >= length else max(longest, length // 2)
    if SHORTEST <= target < length:
        cuts = longest is None or longest > target
        yield situation.repair(
            situation.going_on(SpecChange(seq_len=target)),
            "memory grows with the length of rows",
            f"rows of {target} tokens at most",
            ask=cuts,
            risk="longer rows are cut, and what is cut is not learnt" if cuts else "",
        )


def _too_large(situation: Situation, repair: SpecRepair) -> bool:
    """Whether the forecast says that it will not fit either: such a repair comes last."""
    total = situation.diagnosis.numbers.get("total_gib")
    return bool(total and repair.after and repair.after.memory_gib and repair.after.memory_gib > total)
