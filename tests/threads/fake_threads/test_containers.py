from typing import Any

import pytest

from threads.fake_platform import FakePlatform


def create(fake: FakePlatform, token: str, **params: Any) -> str:
    asked = {"media_type": "TEXT", "text": "Be kind.", **params}
    return fake.graph(token, "POST", "me/threads", **asked).raise_for_status().json()["id"]


def refused(fake: FakePlatform, token: str, method: str, path: str, **params: Any) -> tuple[int, int, int]:
    answer = fake.graph(token, method, path, **params)
    error = answer.json()["error"]
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"]
    return answer.status_code, error["code"], error.get("error_subcode", 0)


def status(fake: FakePlatform, token: str, container: str) -> str:
    return fake.graph(token, "GET", container, fields="status,error_message").json()["status"]


def test_a_post_takes_two_steps(fake: FakePlatform, token: str) -> None:
    container = create(fake, token)
    assert status(fake, token, container) == "FINISHED"
    media = fake.graph(token, "POST", "me/threads_publish", creation_id=container).json()["id"]
    assert status(fake, token, container) == "PUBLISHED"
    assert [post["id"] for post in fake.published()] == [media]


def test_a_container_publishes_once(fake: FakePlatform, token: str) -> None:
    container = create(fake, token)
    fake.graph(token, "POST", "me/threads_publish", creation_id=container).raise_for_status()
    assert refused(fake, token, "POST", "me/threads_publish", creation_id=container) == (400, 100, 0)
    assert len(fake.published()) == 1


def test_publishing_too_early_is_media_not_found(fake: FakePlatform, token: str) -> None:
    fake.control("PUT", "delay", processing_s=30)
    container = create(fake, token)
    assert status(fake, token, container) == "IN_PROGRESS"
    assert refused(fake, token, "POST", "me/threads_publish", creation_id=container) == (400, 24, 4279009)
    fake.advance(30)
    fake.graph(token, "POST", "me/threads_publish", creation_id=container).raise_for_status()


def test_a_container_expires_after_a_day(fake: FakePlatform, token: str) -> None:
    container = create(fake, token)
    fresh = fake.graph(token, "POST", "me/threads", media_type="TEXT", text="x").json()["id"]
    fake.graph(token, "POST", "me/threads_publish", creation_id=fresh)
    fake.control("PUT", "clock", advance_s=86_400)
    newer = fake.short_token("ai-jesus")
    assert status(fake, newer, container) == "EXPIRED"
    assert status(fake, newer, fresh) == "PUBLISHED"
    assert refused(fake, newer, "POST", "me/threads_publish", creation_id=container)[1] == 100


def test_text_can_be_published_in_one_step(fake: FakePlatform, token: str) -> None:
    media = create(fake, token, auto_publish_text="true")
    assert [post["id"] for post in fake.published()] == [media]


@pytest.mark.parametrize(
    "params",
    [
        {"media_type": "POEM"},
        {"text": ""},
        {"text": "x" * 501},
        {"text": "🚀" * 126},  # 504 bytes
        {"text": "https://a.b https://c.d https://e.f https://g.h"},
        {"text": "https://a.b https://c.d https://e.f", "link_attachment": "https://g.h"},
        {"media_type": "IMAGE"},
        {"media_type": "VIDEO", "video_url": "file:///etc/passwd"},
        {"media_type": "IMAGE", "image_url": "https://a.b/c.jpg", "link_attachment": "https://g.h"},
        {"media_type": "CAROUSEL", "children": "1"},
        {"media_type": "CAROUSEL", "children": "1,2"},
        {"reply_control": "nobody"},
        {"reply_to_id": "17"},
        {"topic_tag": "a.b"},
        {"alt_text": "x" * 1001},
        {"is_carousel_item": "true"},
    ],
)
def test_what_the_platform_does_not_take_makes_no_container(
    fake: FakePlatform, token: str, params: dict[str, str]
) -> None:
    asked = {"media_type": "TEXT", "text": "Be kind.", **params}
    assert refused(fake, token, "POST", "me/threads", **asked) == (400, 100, 0)
    assert fake.counters()["containers"] == 0


def test_emoji_count_by_their_bytes(fake: FakePlatform, token: str) -> None:
    assert create(fake, token, text="🚀" * 125)


def test_a_carousel_is_made_of_items(fake: FakePlatform, token: str) -> None:
    items = [create(fake, token, media_type="IMAGE", image_url=f"https://a.b/{n}.jpg", text="", is_carousel_item="true")
             for n in range(2)]  # fmt: skip
    carousel = create(fake, token, media_type="CAROUSEL", children=",".join(items))
    media = fake.graph(token, "POST", "me/threads_publish", creation_id=carousel).json()["id"]
    assert fake.graph(token, "GET", media, fields="media_type").json()["media_type"] == "CAROUSEL_ALBUM"
    assert refused(fake, token, "POST", "me/threads_publish", creation_id=items[0])[1] == 100


def test_the_251st_post_of_a_day_is_refused_when_it_is_published(fake: FakePlatform, token: str) -> None:
    fake.post(token, "The first.")
    fake.advance(3000)
    for number in range(249):
        fake.http.post("/publish", json={"persona_id": "ai-jesus", "text": f"Post {number}"}).raise_for_status()
    container = create(fake, token)
    assert refused(fake, token, "POST", "me/threads_publish", creation_id=container)[1] == 9
    fake.advance(86_400 - 3000)
    newer = fake.short_token("ai-jesus")
    fields = "quota_usage,config"
    limit = fake.graph(newer, "GET", "me/threads_publishing_limit", fields=fields).json()["data"][0]
    assert limit == {"quota_usage": 249, "config": {"quota_total": 250, "quota_duration": 86_400}}
    assert create(fake, newer, auto_publish_text="true")


def test_replies_have_a_quota_of_their_own(fake: FakePlatform, token: str) -> None:
    fake.post(token, "A reply.", reply_to_id=fake.post(token, "A post."))
    fields = "quota_usage,reply_quota_usage"
    row = fake.graph(token, "GET", "me/threads_publishing_limit", fields=fields).json()["data"][0]
    assert row == {"quota_usage": 1, "reply_quota_usage": 1}


def test_nobody_publishes_anothers_container(fake: FakePlatform, token: str) -> None:
    container = create(fake, token)
    other = fake.short_token("ai-elon")
    assert refused(fake, other, "POST", "me/threads_publish", creation_id=container) == (400, 24, 4279009)
    assert refused(fake, other, "GET", container, fields="status") == (400, 100, 33)


def test_nobody_posts_in_anothers_name(fake: FakePlatform, token: str) -> None:
    mine = fake.graph(fake.short_token("ai-elon"), "GET", "me").json()["id"]
    assert refused(fake, token, "POST", f"{mine}/threads", media_type="TEXT", text="x") == (400, 100, 33)


def test_parameters_may_be_in_the_query_in_json_and_in_a_multipart_form(fake: FakePlatform, token: str) -> None:
    given = {"media_type": "TEXT", "text": "Grüße 🙏", "auto_publish_text": "true"}
    bearer = {"authorization": f"Bearer {token}"}
    fake.http.post("/v1.0/me/threads", params=given, headers=bearer).raise_for_status()
    fake.http.post("/v1.0/me/threads", json=given | {"auto_publish_text": True}, headers=bearer).raise_for_status()
    parts = {name: (None, value) for name, value in (given | {"access_token": token}).items()}
    fake.http.post("/v1.0/me/threads", files=parts).raise_for_status()
    assert [post["text"] for post in fake.published()] == ["Grüße 🙏"] * 3


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"[1"), ("application/json", b"[]"), ("text/plain", b"x" * 70_000), ("", b"\xff=1")],
)
def test_a_body_that_is_none_is_refused(fake: FakePlatform, token: str, kind: str, body: bytes) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": kind}
    answer = fake.http.post("/v1.0/me/threads", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
