from muster.core.testing.clock import FakeClock
from muster.core.web.rate_limit import RateLimit


def test_a_bucket_empties_and_fills_again() -> None:
    clock = FakeClock()
    limit = RateLimit(clock)
    assert [limit.wait_s("ci", 2) for _ in range(4)] == [0, 0, 0, 0]
    assert limit.wait_s("ci", 2) == 1
    clock.advance(0.5)
    assert [limit.wait_s("ci", 2), limit.wait_s("ci", 2)] == [0, 1]


def test_everybody_has_a_bucket_of_their_own() -> None:
    limit = RateLimit(FakeClock())
    assert [limit.wait_s("a", 0.5), limit.wait_s("a", 0.5), limit.wait_s("b", 0.5)] == [0, 2, 0]


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    clock = FakeClock()
    limit = RateLimit(clock)
    limit.wait_s("ci", 1)
    clock.advance(3600)
    assert [limit.wait_s("ci", 1) for _ in range(3)] == [0, 0, 1]


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    limit = RateLimit(FakeClock())
    for number in range(10_050):
        limit.wait_s(str(number), 1)
    assert len(limit._buckets) == 10_000
