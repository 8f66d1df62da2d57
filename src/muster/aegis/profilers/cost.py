"""What a training costs on each offer: whether it fits, how long it takes, how many dollars."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.data.lengths import Lengths
from muster.aegis.domain.estimates import CostEstimate, Interval, MemoryEstimate, Offer
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.profilers.gpus import gpu_named
from muster.aegis.profilers.prices import staleness
from muster.aegis.profilers.setups import setup_of
from muster.aegis.profilers.time import estimate_seconds
from muster.aegis.profilers.vram import estimate_memory

AS_FAST = 1.05
"""Times of so near a ratio are taken for one: no estimate of time is nearer."""


def estimate_costs(
    spec: TrainingSpec,
    architecture: Architecture,
    rows: int,
    lengths: Lengths,
    offers: Iterable[Offer],
    today: date,
    attempts: int = 1,
) -> tuple[CostEstimate, ...]:
    """One estimate for each offer, in their order, as if the spec's target were that offer.

    Dollars and seconds of `low` and `mid` are one attempt's; `high` is the sum of all `attempts`, each of which may run
    to its end before it fails. An offer whose GPU has no known speed is left out.
    """
    known: dict[str, tuple[Interval, Interval]] = {}
    estimates: list[CostEstimate] = []
    for offer in offers:
        if offer.gpu != "cpu" and gpu_named(offer.gpu) is None:
            continue
        if offer.gpu not in known:
            known[offer.gpu] = _needs(spec, architecture, rows, lengths, offer.gpu)
        memory, once = known[offer.gpu]
        gpus = 1 if offer.gpu == "cpu" else spec.target.gpus
        seconds = once.model_copy(update={"high": once.high * max(1, attempts)})
        estimates.append(
            CostEstimate(
                offer=offer,
                gpus=gpus,
                fits=decide_fit(memory, offer.memory_gib),
                memory_gib=memory,
                seconds=seconds,
                usd=_dollars(seconds, offer.usd_per_hour * gpus),
                stale=staleness(offer, today),
            )
        )
    return tuple(estimates)


def _needs(
    spec: TrainingSpec, architecture: Architecture, rows: int, lengths: Lengths, gpu: str
) -> tuple[Interval, Interval]:
    """Memory in GiB, and seconds of one attempt."""
    gpus = 1 if gpu == "cpu" else spec.target.gpus
    there = spec.model_copy(update={"target": spec.target.model_copy(update={"gpu": gpu, "gpus": gpus})})
    memory = memory_needed(there, architecture, lengths).total_gib
    return memory, estimate_seconds(there, architecture, rows, lengths, gpu_named(gpu))


def memory_needed(spec: TrainingSpec, architecture: Architecture, lengths: Lengths | None) -> MemoryEstimate:
    """Of a batch of the longest rows there are, on the spec's target: what the device shows, or the process on a CPU.

    Rows of `seq_len` where they are packed, or where nobody measured them.
    """
    setup = setup_of(spec)
    if lengths and not spec.shape.packing:
        setup = setup.model_copy(update={"seq_len": max(1, min(setup.seq_len, lengths.max))})
    return estimate_memory(architecture, setup, "process" if spec.target.gpu == "cpu" else "device")


def _dollars(seconds: Interval, usd_per_hour: float) -> Interval:
    each = usd_per_hour / 3600
    return Interval(low=seconds.low * each, mid=seconds.mid * each, high=seconds.high * each)


def decide_fit(needed_gib: Interval, there_gib: float) -> Literal["yes", "tight", "no"]:
    """`yes` where even the interval's upper end fits, `no` where not even its middle does."""
    if needed_gib.high <= there_gib:
        return "yes"
    return "tight" if needed_gib.mid <= there_gib else "no"


def cheapest_that_fits(estimates: Sequence[CostEstimate]) -> CostEstimate | None:
    """The least dollars of the offers that surely fit and whose price is firm; the faster of equals."""
    fitting = [one for one in estimates if one.fits == "yes" and one.offer.firm]
    return min(fitting, key=lambda one: (one.usd.mid, one.seconds.mid), default=None)


def fastest_under(estimates: Sequence[CostEstimate], budget_usd: float) -> CostEstimate | None:
    """The fastest of the offers that surely fit, have a firm price, and stay in the budget even at their upper end;
    of those that are as fast, the cheapest."""
    fitting = [one for one in estimates if one.fits == "yes" and one.offer.firm and one.usd.high <= budget_usd]
    least_s = min((one.seconds.mid for one in fitting), default=0.0)
    as_fast = [one for one in fitting if one.seconds.mid <= AS_FAST * least_s]
    return min(as_fast, key=lambda one: (one.usd.mid, one.seconds.mid), default=None)
