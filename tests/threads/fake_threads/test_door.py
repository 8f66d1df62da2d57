"""Who may post to the fake platform."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from muster.core.errors import SettingsError
from muster.core.web.api_keys import new_key
from muster.threads.common.settings import ThreadsSettings
from muster.threads.fake_threads.app import build, build_on
from threads.fake_platform import FakePlatform

BACK = {"client_id": "muster", "redirect_uri": "http://127.0.0.1/back"}
PLAIN, KEY = new_key("worker", ["tasks:write"])
READS, READER = new_key("reader", ["tasks:read"])


@pytest.fixture
def elsewhere() -> Iterator[TestClient]:
    """Another machine asks a fake that has keys."""
    app = build_on(None, keys=(KEY, READER))
    with TestClient(app, base_url="http://fake.example", client=("192.0.2.1", 50_000), follow_redirects=False) as http:
        yield http


def signed_up(http: TestClient, secret: str) -> httpx.Response:
    asked = http.get("/oauth/authorize", params={**BACK, "response_type": "code", "username": "ai-jesus"})
    code = httpx.URL(asked.headers["location"]).params["code"]
    form = {**BACK, "client_secret": secret, "grant_type": "authorization_code", "code": code}
    return http.post("/oauth/access_token", data=form)


def test_beyond_this_machine_it_needs_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without API keys"):
        build(ThreadsSettings(_env_file=None, muster_home=tmp_path, threads_bind_host="0.0.0.0"))


@pytest.mark.parametrize("path", ["/published", "/v1.0/me", "/oauth/authorize"])
def test_without_keys_a_page_of_elsewhere_gets_nothing(fake: FakePlatform, path: str) -> None:
    assert fake.http.get(path, headers={"host": "rebound.example"}).status_code == 403


@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"Authorization": f"Bearer {PLAIN}"}, 200)])
def test_with_keys_the_facade_needs_one(elsewhere: TestClient, headers: dict[str, str], status: int) -> None:
    assert elsewhere.post("/publish", json={"content": "Hello."}, headers=headers).status_code == status


@pytest.mark.parametrize("secret", ["fake", READS], ids=["no key", "one that reads"])
def test_with_keys_nobody_signs_up_without_one_that_writes(elsewhere: TestClient, secret: str) -> None:
    assert signed_up(elsewhere, secret).json()["error"]["code"] == 101


def test_who_signed_up_with_a_key_speaks_by_the_platforms_token(elsewhere: TestClient) -> None:
    token = signed_up(elsewhere, PLAIN).json()["access_token"]
    assert elsewhere.get("/v1.0/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_what_is_not_valid_is_told_as_a_problem(fake: FakePlatform) -> None:
    half = b'{"content": "\\ud800"}'
    answer = fake.http.post("/publish", content=half, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
