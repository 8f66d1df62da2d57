import pytest

from muster.nomad.embedded.client.words import go_duration, terminated
from muster.nomad.embedded.http.asking import parse_duration


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500, "1.5µs"),
        (20_000_000, "20ms"),
        (2_259_365_078, "2.259365078s"),
        (30_000_000_000, "30s"),
        (90_000_000_000, "1m30s"),
        (1_800_000_000_000, "30m0s"),
        (3_600_000_000_000, "1h0m0s"),
    ],
)
def test_a_duration_reads_as_go_writes_it_and_back(ns: int, text: str) -> None:
    assert go_duration(ns) == text
    assert parse_duration(text) == ns


@pytest.mark.parametrize("text", ["zip", "", "5", "s", "5s zip"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


def test_a_signal_is_told_with_the_exit_code() -> None:
    assert terminated(0, 130, 2, "", oom=False).message == "Exit Code: 130, Signal: 2"
