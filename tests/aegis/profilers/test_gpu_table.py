"""The GPUs of a plan as one table."""

import pytest

from muster.aegis.domain.estimates import CostEstimate, Interval, Offer
from muster.aegis.profilers.gpu_table import HEADS, GpuRow, gpu_table


def estimate(gpu: str, usd: float, seconds: float = 4320.0, gpus: int = 1) -> CostEstimate:
    offer = Offer(
        gpu=gpu, provider="P", tier="on-demand, secure", memory_gib=24, usd_per_hour=1, date="2026-02", source="s"
    )
    around = {name: Interval(low=mid / 2, mid=mid, high=mid * 2) for name, mid in (("seconds", seconds), ("usd", usd))}
    memory = Interval(low=1, mid=2, high=3)
    return CostEstimate(offer=offer, gpus=gpus, fits="yes", memory_gib=memory, stale="old", **around)


def cell(row: GpuRow, head: str) -> str:
    return row.cells[HEADS.index(head)]


def test_the_best_are_marked() -> None:
    rows = gpu_table([estimate("L4", 1), estimate("H100", 3, seconds=600)], budget_usd=10)
    assert [row.best for row in rows] == [("cheapest",), ("fastest",)]


def test_the_fastest_is_within_the_budget() -> None:
    rows = gpu_table([estimate("L4", 1), estimate("H100", 30, seconds=600)], budget_usd=10)
    assert [row.best for row in rows] == [("cheapest", "fastest"), ()]


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("GPU", "2 x L4"),
        ("of", "P, on-demand"),
        ("fits", "yes"),
        ("GiB", "2.0 (1.0 to 3.0) of 24"),
        ("time", "72 min (36 min to 2 h 24 min)"),
        ("dollars", "$1.00 ($0.50 to $2.00)"),
        ("price of", "2026-02, old"),
    ],
)
def test_a_cell_reads(head: str, text: str) -> None:
    (row,) = gpu_table([estimate("L4", 1, gpus=2)], budget_usd=10)
    assert cell(row, head) == text
