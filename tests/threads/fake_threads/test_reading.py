from typing import Any

import pytest

from threads.fake_platform import FakePlatform

ALL = "id,text,permalink,username,timestamp,is_reply,root_post,replied_to,hide_status,has_replies,link_attachment_url"


def listed(fake: FakePlatform, token: str, path: str = "me/threads", **query: Any) -> list[str]:
    fields = {"fields": "id,text", **query}
    return [post["text"] for post in fake.graph(token, "GET", path, **fields).raise_for_status().json()["data"]]


def test_a_profile_has_the_fields_that_are_asked_for(fake: FakePlatform, token: str) -> None:
    mine = fake.graph(token, "GET", "me", fields="id,username,nonsense").json()
    assert mine == {"id": mine["id"], "username": "ai-jesus"}
    assert fake.graph(token, "GET", mine["id"]).json() == {"id": mine["id"]}


def test_a_post_has_the_fields_that_apply(fake: FakePlatform, token: str) -> None:
    media = fake.post(token, "See https://a.b/c.")
    post = fake.graph(token, "GET", media, fields=ALL).json()
    assert post.pop("permalink").startswith("https://www.threads.net/@ai-jesus/post/")
    assert post == {
        "id": media, "text": "See https://a.b/c.", "username": "ai-jesus", "timestamp": "2026-11-21T12:00:00+0000",
        "is_reply": False, "has_replies": False, "link_attachment_url": "https://a.b/c",
    }  # fmt: skip


def test_posts_come_newest_first_page_by_page(fake: FakePlatform, token: str) -> None:
    for number in range(5):
        fake.post(token, str(number))
    first = fake.graph(token, "GET", "me/threads", fields="text", limit=2).json()
    assert [post["text"] for post in first["data"]] == ["4", "3"]
    second = fake.graph(token, "GET", "me/threads", limit=2, after=first["paging"]["cursors"]["after"]).json()
    assert listed(fake, token, limit=2, after=second["paging"]["cursors"]["after"]) == ["0"]
    assert listed(fake, token, limit=2, before=second["paging"]["cursors"]["before"]) == ["4", "3"]
    last = fake.graph(token, "GET", "me/threads", limit=2, after=second["paging"]["cursors"]["after"]).json()
    assert "after" not in last["paging"]["cursors"]


def test_posts_can_be_asked_for_by_time(fake: FakePlatform, token: str) -> None:
    fake.post(token, "noon")
    fake.advance(600)
    fake.post(token, "later")
    noon = 1_795_262_400
    assert listed(fake, token, since=noon + 1) == ["later"]
    assert listed(fake, token, until="2026-11-21T12:05:00+00:00") == ["noon"]


@pytest.mark.parametrize("query", [{"since": "soon"}, {"limit": "0"}, {"limit": "101"}, {"after": "x"}])
def test_a_bad_bound_is_refused(fake: FakePlatform, token: str, query: dict[str, str]) -> None:
    assert fake.graph(token, "GET", "me/threads", **query).json()["error"]["code"] == 100


def test_replies_are_listed_apart_and_can_be_hidden_by_whose_post_it_is(fake: FakePlatform, token: str) -> None:
    other = fake.short_token("ai-elon")
    root = fake.post(token, "root")
    reply = fake.post(other, "reply", reply_to_id=root)
    fake.post(token, "answer", reply_to_id=reply)
    assert listed(fake, token) == ["root"]
    assert listed(fake, token, f"{root}/replies") == ["reply"]
    assert listed(fake, token, f"{root}/conversation") == ["answer", "reply"]
    assert listed(fake, other, "me/replies") == ["reply"]
    assert fake.graph(other, "POST", f"{reply}/manage_reply", hide="true").json()["error"]["code"] == 100
    assert fake.graph(token, "POST", f"{reply}/manage_reply", hide="true").json() == {"success": True}
    assert fake.graph(token, "GET", reply, fields="hide_status").json()["hide_status"] == "HIDDEN"


def test_nobody_reads_anothers_post(fake: FakePlatform, token: str) -> None:
    media = fake.post(token, "mine")
    other = fake.short_token("ai-elon")
    assert fake.graph(other, "GET", media).json()["error"]["error_subcode"] == 33
    assert fake.graph(other, "GET", f"{media}/insights", metric="views").json()["error"]["error_subcode"] == 33
