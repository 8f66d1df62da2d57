"""Intervals: against published values, sound at the edges, and honest about few rows."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.aegis.domain.evaluation.intervals import difference, perplexity_ratio, wilson


def flags(true: int, rows: int) -> list[bool]:
    return [row < true for row in range(rows)]


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662; 0 of 20 is 0 to 0.1611."""
    many, none = wilson(flags(81, 263)), wilson(flags(0, 20))
    assert (many.low, many.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert (none.low, none.high) == pytest.approx((0, 0.1611), abs=1e-4)


def test_the_difference_of_two_rates_is_the_published_one() -> None:
    """Newcombe 1998, table II: 56/70 - 48/80 is 0.2, from 0.0524 to 0.3339."""
    found = difference(flags(48, 80), flags(56, 70))
    assert (found.low, found.mid, found.high) == pytest.approx((0.0524, 0.2, 0.3339), abs=1e-4)


def test_a_rate_of_no_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="no row"):
        wilson([])


@given(true=st.integers(0, 50), more=st.integers(0, 50))
def test_a_rate_lies_within_its_interval_and_that_within_0_and_1(true: int, more: int) -> None:
    if true + more:
        rate = wilson(flags(true, true + more))
        assert 0 <= rate.low <= rate.mid <= rate.high <= 1


def test_the_bootstrap_holds_the_truth_about_19_times_in_20() -> None:
    random, held = Random(5), 0
    for seed in range(60):
        before = [random.gauss(3, 1) for _ in range(60)]
        after = [one - 0.2 + random.gauss(0, 0.5) for one in before]
        found = perplexity_ratio(before, after, [1] * 60, seed=seed)
        held += found.low <= math.exp(-0.2) <= found.high
    assert held >= 52


def test_a_loss_beyond_all_bounds_is_no_overflow() -> None:
    assert perplexity_ratio([1.0], [1e6], [1], seed=1).mid > 1e300
