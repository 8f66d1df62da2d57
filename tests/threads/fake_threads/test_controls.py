from typing import Any

import pytest

from threads.fake_platform import FakePlatform


def insight(fake: FakePlatform, token: str, path: str, metric: str, **query: Any) -> dict[str, Any]:
    (found,) = fake.graph(token, "GET", path, metric=metric, **query).raise_for_status().json()["data"]
    assert found["name"] == metric
    return found


def test_the_controls_are_for_this_machine_by_its_own_name(fake: FakePlatform) -> None:
    assert fake.http.post("/_control/reset", headers={"host": "rebound.example"}).status_code == 403
    assert fake.http.post("/_control/reset", headers={"host": "localhost:9009"}).status_code == 204


def test_the_clock_is_set_and_moved(fake: FakePlatform) -> None:
    moved = fake.control("PUT", "clock", set="2027-01-01T00:00:00Z", advance_s=60)
    assert moved == fake.control("GET", "clock") == {"now": "2027-01-01T00:01:00Z"}


def test_a_reset_forgets_everything(fake: FakePlatform) -> None:
    fake.http.post("/publish", json={"content": "Hello."})
    fake.fail("error_500")
    fake.control("POST", "reset")
    assert fake.counters() == {"calls": {}, "faults": {}, "users": 0, "containers": 0, "published": 0}
    assert fake.published() == []


def test_the_facade_posts_in_both_its_forms(fake: FakePlatform) -> None:
    fake.http.post("/publish", json={"topic": "rest", "content": "One."}).raise_for_status()
    posted = fake.http.post("/publish", json={"persona_id": "ai-elon", "text": "Two."}).json()
    assert [(post["persona_id"], post["text"]) for post in fake.published()] == [("local", "One."), ("ai-elon", "Two.")]
    assert fake.published(persona_id="ai-elon") == [posted]
    assert fake.http.get("/ping").json() == {"status": "ok", "service": "fake-threads"}


@pytest.mark.parametrize("body", [{}, {"content": "a", "text": "b"}, {"content": "a", "likes": 5}])
def test_the_facade_refuses_what_is_no_post(fake: FakePlatform, body: dict[str, Any]) -> None:
    assert fake.http.post("/publish", json=body).status_code == 422


def test_the_facade_keeps_the_platforms_rules(fake: FakePlatform) -> None:
    assert fake.http.post("/publish", json={"content": "x" * 501}).json()["error"]["code"] == 100


def test_a_posts_views_grow_with_the_clock(fake: FakePlatform, token: str) -> None:
    media = fake.post(token, "Why is rest work?")
    counts: list[int] = []
    for _ in range(3):
        counts.append(insight(fake, token, f"{media}/insights", "views")["values"][0]["value"])
        fake.advance(600)
    assert counts[0] == 0 < counts[1] < counts[2]


def test_insights_of_an_account_are_the_sum_of_its_posts(fake: FakePlatform, token: str) -> None:
    posts = [fake.post(token, f"Post {number}") for number in range(3)]
    fake.advance(3500)
    since = {"since": "2026-11-20", "until": "2026-11-22"}
    by_day = insight(fake, token, "me/threads_insights", "views", **since)["values"]
    of_posts = [insight(fake, token, f"{media}/insights", "views")["values"][0]["value"] for media in posts]
    assert sum(day["value"] for day in by_day) == sum(of_posts) > 0


def test_followers_come_by_posts(fake: FakePlatform, token: str) -> None:
    fake.control("PUT", "world", median_views=100_000)
    before = insight(fake, token, "me/threads_insights", "followers_count")["total_value"]["value"]
    fake.post(token, "Follow the kind.")
    fake.advance(3500)
    assert insight(fake, token, "me/threads_insights", "followers_count")["total_value"]["value"] > before


def test_written_replies_count_as_replies(fake: FakePlatform, token: str) -> None:
    media = fake.post(token, "Say something.")
    fake.post(fake.short_token("ai-elon"), "Something.", reply_to_id=media)
    assert insight(fake, token, f"{media}/insights", "replies")["values"][0]["value"] == 1


@pytest.mark.parametrize(
    "query", [{}, {"metric": "love"}, {"metric": "views", "since": "2026-11-22", "until": "2026-11-20"}]
)
def test_insights_that_there_are_none_of_are_refused(fake: FakePlatform, token: str, query: dict[str, str]) -> None:
    assert fake.graph(token, "GET", "me/threads_insights", **query).json()["error"]["code"] == 100
