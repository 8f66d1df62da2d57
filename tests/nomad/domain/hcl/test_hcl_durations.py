"""Durations as Go reads and writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.hcl.durations import DurationError, parse_duration, render_duration

S = 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [("10s", 10 * S), ("1h30m", 5400 * S), ("1.5s", 3 * S // 2), ("-5ms", -5_000_000), ("0", 0), (".5s", S // 2), ("2us", 2000)],
)  # fmt: skip
def test_a_duration_in_nanoseconds(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ten seconds", 'time: invalid duration "ten seconds"'),
        ("10", 'time: missing unit in duration "10"'),
        ("10x", 'time: unknown unit "x" in duration "10x"'),
        ("", 'time: invalid duration ""'),
        ("999999999h", 'time: invalid duration "999999999h"'),
    ],
)
def test_what_is_no_duration_is_refused_in_gos_words(text: str, words: str) -> None:
    with pytest.raises(DurationError) as caught:
        parse_duration(text)
    assert str(caught.value) == words


@given(st.integers(-(2**62), 2**62))
def test_any_duration_reads_back(nanoseconds: int) -> None:
    assert parse_duration(render_duration(nanoseconds)) == nanoseconds


def test_a_duration_is_written_the_short_way() -> None:
    assert [render_duration(n * S) for n in (10, 90, 3600, 300)] == ["10s", "1m30s", "1h", "5m"]
