"""What a training will take: memory by component, seconds and dollars, each with an interval."""

from typing import Literal

from muster.aegis.domain.values import Part

Peak = Literal["allocated", "reserved", "device", "process"]
"""Which peak a number means: what tensors take, what the allocator holds, what the device shows; what the process has
resident, of a training on the CPU."""


class Interval(Part):
    """A value, and the bounds within which 8 of 10 measured rows lie."""

    low: float
    mid: float
    high: float


class MemoryEstimate(Part):
    """GiB on one GPU, or of the process on the CPU. `parts` sum up to `total.mid`."""

    total_gib: Interval
    parts_gib: dict[str, float]
    """weights, gradients, optimizer, activations, logits, overhead, process ..."""
    peak: Peak
    notes: tuple[str, ...] = ()


class Offer(Part):
    """A GPU that can be had: dated, from a source. Several may tell different prices of one thing; all are kept."""

    gpu: str
    """Its name in the table of GPUs (`A100-80GB`), or `cpu`."""
    provider: str
    tier: str
    memory_gib: float
    usd_per_hour: float
    """Of one GPU."""
    date: str
    """As the source says it: `2026-05-07`, `2026-02`, `undated`."""
    source: str
    region: str = ""
    caveat: str = ""
    """What the price leaves out, or contradicts."""

    @property
    def firm(self) -> bool:
        """Whether a job gets it for that price as it is: not spot, not reserved for long, not a part of the bill."""
        return not any(word in self.tier.lower() for word in ("spot", "reserved", "part only", "starting at"))


class CostEstimate(Part):
    """One offer for this training: whether it fits, how long, for how much."""

    offer: Offer
    gpus: int
    fits: Literal["yes", "tight", "no"]
    memory_gib: Interval
    """Of one GPU, as the device shows it; of the process on the CPU."""
    seconds: Interval
    usd: Interval
    stale: str = ""
    """A warning where the price is old."""
