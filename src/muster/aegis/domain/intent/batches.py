"""An effective batch becomes what one GPU takes at once, and how often before a step."""

LARGEST_MICRO = 4
"""Sequences at once where nobody says: the memory estimate may lower it."""


def split_batch(
    batch: int, *, micro: int | None = None, accumulation: int | None = None, gpus: int = 1
) -> dict[str, int] | None:
    """`micro` and `accumulation` with micro x accumulation x gpus = batch; None where no whole numbers do that."""
    each = batch // gpus
    if micro is None:
        at_once = (one for one in range(LARGEST_MICRO, 0, -1) if each % one == 0)
        micro = each // accumulation if accumulation else next(at_once)
    accumulation = accumulation or each // max(micro, 1)
    fits = micro and accumulation and micro * accumulation * gpus == batch
    return {"micro": micro, "accumulation": accumulation} if fits else None
