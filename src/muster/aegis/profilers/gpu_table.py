"""The GPUs of a plan as one table: the same as text, in JSON and on the page."""

from collections.abc import Sequence
from typing import Literal

from muster.aegis.domain.estimates import CostEstimate
from muster.aegis.domain.shown import dollars, time_span
from muster.aegis.domain.values import Part
from muster.aegis.profilers.cost import cheapest_that_fits, fastest_under

Best = Literal["cheapest", "fastest"]
HEADS = ("best", "GPU", "of", "fits", "GiB", "time", "dollars", "price of")


class GpuRow(Part):
    """One GPU. `best`: the cheapest that surely fits, the fastest under the budget."""

    best: tuple[Best, ...]
    cost: CostEstimate

    @property
    def cells(self) -> tuple[str, ...]:
        """Texts under `HEADS`."""
        cost, offer, memory = self.cost, self.cost.offer, self.cost.memory_gib
        return (
            ", ".join(self.best),
            f"{cost.gpus} x {offer.gpu}" if cost.gpus > 1 else offer.gpu,
            f"{offer.provider}, {offer.tier.partition(',')[0]}",
            cost.fits,
            f"{memory.mid:.1f} ({memory.low:.1f} to {memory.high:.1f}) of {offer.memory_gib:g}",
            time_span(cost.seconds),
            dollars(cost.usd),
            f"{offer.date}, old" if cost.stale and offer.date != "undated" else offer.date,
        )


def gpu_table(gpus: Sequence[CostEstimate], budget_usd: float) -> tuple[GpuRow, ...]:
    """In the order of the estimates."""
    cheapest, fastest = cheapest_that_fits(gpus), fastest_under(gpus, budget_usd)
    chosen: tuple[tuple[Best, CostEstimate | None], ...] = (("cheapest", cheapest), ("fastest", fastest))
    return tuple(GpuRow(best=tuple(name for name, best in chosen if best is one), cost=one) for one in gpus)
