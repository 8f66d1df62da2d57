"""When cron lines are due."""

from datetime import UTC, datetime

import pytest

from muster.nomad.embedded.cron import next_ns

SECOND = 1_000_000_000


def due(line: str, after: str, zone: str = "UTC") -> str | None:
    at = int(datetime.fromisoformat(after).replace(tzinfo=UTC).timestamp())
    found = next_ns(line, zone, at * SECOND)
    return datetime.fromtimestamp(found // SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S") if found is not None else None


@pytest.mark.parametrize(
    ("line", "after", "expected"),
    [
        ("*/15 * * * *", "2026-11-21 01:53:20", "2026-11-21 02:00:00"),
        ("*/15 * * * *", "2026-11-21 02:00:00", "2026-11-21 02:15:00"),
        ("0 3 * * *", "2026-11-21 03:00:00", "2026-11-22 03:00:00"),
        ("0 0 1 1 *", "2026-11-21 00:00:00", "2027-01-01 00:00:00"),
        ("@daily", "2026-11-21 00:00:01", "2026-11-22 00:00:00"),
        ("*/10 * * * * * *", "2026-11-21 00:00:01", "2026-11-21 00:00:10"),
        ("30 9 * * mon-fri", "2026-11-21 00:00:00", "2026-11-23 09:30:00"),
        ("0 0 * * sun", "2026-11-21 00:00:00", "2026-11-22 00:00:00"),
        ("0 0 * * 7", "2026-11-21 00:00:00", "2026-11-22 00:00:00"),
        ("0 0 13 * fri", "2026-11-21 00:00:00", "2026-11-27 00:00:00"),
        ("0 0 L * *", "2026-02-10 00:00:00", "2026-02-28 00:00:00"),
        ("0 0 LW * *", "2026-02-10 00:00:00", "2026-02-27 00:00:00"),
        ("0 0 15W * *", "2026-11-02 00:00:00", "2026-11-16 00:00:00"),
        ("0 0 * * 5L", "2026-11-02 00:00:00", "2026-11-27 00:00:00"),
        ("0 0 * * mon#2", "2026-11-02 00:00:00", "2026-11-09 00:00:00"),
        ("0 0 29 2 *", "2026-11-02 00:00:00", "2028-02-29 00:00:00"),
        ("0 0 1 jan,jul *", "2026-03-02 00:00:00", "2026-07-01 00:00:00"),
        ("0 0 1 1 * 2030", "2026-03-02 00:00:00", "2030-01-01 00:00:00"),
    ],
)
def test_the_next_time_of_a_line(line: str, after: str, expected: str) -> None:
    assert due(line, after) == expected


@pytest.mark.parametrize("line", ["0 0 1 1 * 2020", "0 0 31 2 *", "x y z a b", "0 0 x * *", "0 0 * * x", "* *", ""])
def test_a_line_that_is_never_due_has_no_next_time(line: str) -> None:
    assert due(line, "2026-11-21 00:00:00") is None


def test_a_time_zone_moves_the_hour() -> None:
    assert due("0 12 * * *", "2026-07-01 00:00:00", "Europe/Berlin") == "2026-07-01 10:00:00"


@pytest.mark.parametrize("zone", ["Nowhere/None", "Europe", "../etc/passwd", "/etc/passwd", ""])
def test_an_unknown_time_zone_counts_as_utc(zone: str) -> None:
    assert due("0 12 * * *", "2026-07-01 00:00:00", zone) == "2026-07-01 12:00:00"
