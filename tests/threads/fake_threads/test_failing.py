import httpx
import pytest

from muster.threads.fake_threads.failing import endpoint_of
from muster.threads.fake_threads.faults import Fault, FaultPlan
from threads.fake_platform import FakePlatform


def drawn(fault: Fault, calls: int) -> list[str | None]:
    plan = FaultPlan()
    plan.add(fault)
    return [struck[0] if (struck := plan.draw("create")) else None for _ in range(calls)]


def test_a_share_of_the_calls_fails_the_same_ones_each_time() -> None:
    fault = Fault(kinds=("error_500", "cut_after"), share=0.3, seed=5)
    first = drawn(fault, 1000)
    assert first == drawn(fault, 1000)
    assert 250 < len([kind for kind in first if kind]) < 350
    assert set(first) == {None, "error_500", "cut_after"}
    assert first != drawn(fault.model_copy(update={"seed": 6}), 1000)


def test_the_next_calls_fail_and_no_more() -> None:
    assert drawn(Fault(kinds=("error_500",), next_calls=2), 4) == ["error_500", "error_500", None, None]


def test_a_fault_strikes_only_where_it_can_happen() -> None:
    assert drawn(Fault(kinds=("not_ready", "error_500")), 3) == ["error_500"] * 3
    with pytest.raises(ValueError, match="not_ready can't happen at quota"):
        Fault(kinds=("not_ready",), endpoint="quota")


@pytest.mark.parametrize(
    ("request_line", "endpoint"),
    [
        ("POST /v1.0/me/threads", "create"),
        ("GET /v1.0/me/threads", "posts"),
        ("POST /v1.0/26/threads_publish", "publish"),
        ("GET /v1.0/18000000000000001", "status"),
        ("GET /v1.0/17000000000000001", "node"),
        ("GET /refresh_access_token", "refresh"),
        ("GET /ping", None),
        ("POST /_control/faults", None),
    ],
)
def test_endpoints_are_known_by_their_request(request_line: str, endpoint: str | None) -> None:
    assert endpoint_of(*request_line.split(" ")) == endpoint


def test_what_is_cut_after_it_was_accepted_is_done(fake: FakePlatform) -> None:
    fake.fail("cut_after", endpoint="facade", next_calls=1)
    with pytest.raises(httpx.RemoteProtocolError):
        fake.http.post("/publish", json={"content": "Hello."})
    assert [post["text"] for post in fake.published()] == ["Hello."]


def test_what_times_out_before_it_was_accepted_is_not_done(fake: FakePlatform) -> None:
    fake.fail("timeout_before", endpoint="facade", next_calls=1)
    with pytest.raises(httpx.ReadTimeout):
        fake.http.post("/publish", json={"content": "Hello."}, timeout=0.2)
    assert fake.published() == []


def test_who_waits_out_a_time_out_gets_504(fake: FakePlatform) -> None:
    fake.fail("timeout_after", endpoint="facade", next_calls=1, hold_s=0)
    assert fake.http.post("/publish", json={"content": "Hello."}).status_code == 504
    assert len(fake.published()) == 1


def test_what_struck_is_counted(fake: FakePlatform) -> None:
    fake.fail("rate_limited", endpoint="facade", next_calls=1, retry_after_s=7)
    answer = fake.http.get("/published")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    counters = fake.counters()
    assert (counters["calls"], counters["faults"]) == ({"facade": 1}, {"facade rate_limited": 1})
    fake.control("DELETE", "faults")
    assert fake.control("GET", "faults") == []
