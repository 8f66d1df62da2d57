import pytest

from muster.nomad.domain.extractors.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10), ("1m30s", 90), ("500ms", 0.5), ("1.5h", 5400), ("0", 0), ("1h1m1s", 3661), (" 2s ", 2)],
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "s", "1x", "1s x", "-1s", "1" * 50 + "s"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None
