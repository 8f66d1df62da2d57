"""Who may have words written and judged."""

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from muster.core.errors import SettingsError
from muster.core.web.api_keys import new_key
from muster.threads.common.settings import ThreadsSettings
from muster.threads.persona_runtime.app import build

WORDS = {"persona_id": "ai-jesus", "hook": "Hello", "body": "there"}
PLAIN, KEY = new_key("worker", ["tasks:write"])
READS, READER = new_key("reader", ["tasks:read"])


def asking(app: FastAPI, host: str = "127.0.0.1", address: str = "127.0.0.1") -> TestClient:
    return TestClient(app, base_url=f"http://{host}", client=(address, 50_000), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def without_keys() -> FastAPI:
    return build(ThreadsSettings(_env_file=None))


@pytest.fixture(scope="module")
def with_keys(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    file = tmp_path_factory.mktemp("keys") / "keys.yaml"
    entries = [{**one.model_dump(mode="json"), "scopes": sorted(one.scopes)} for one in (KEY, READER)]
    file.write_text(yaml.safe_dump({"keys": entries}))
    return build(ThreadsSettings(_env_file=None, threads_bind_host="0.0.0.0", threads_api_keys=file))


def test_beyond_this_machine_it_needs_keys() -> None:
    with pytest.raises(SettingsError, match="without API keys"):
        build(ThreadsSettings(_env_file=None, threads_bind_host="0.0.0.0"))


@pytest.mark.parametrize(("host", "address"), [("rebound.example", "127.0.0.1"), ("127.0.0.1", "192.0.2.1")])
def test_without_keys_only_this_machine_asks_by_its_own_name(without_keys: FastAPI, host: str, address: str) -> None:
    assert asking(without_keys, host, address).post("/moderate", json=WORDS).status_code == 403


@pytest.mark.parametrize(
    ("key", "status"),
    [("", 401), ("mk_wrong", 401), (READS, 403), (PLAIN, 200)],
    ids=["none", "another", "one that reads", "one that writes"],
)
def test_with_keys_one_that_writes_is_needed(with_keys: FastAPI, key: str, status: int) -> None:
    elsewhere = asking(with_keys, "runtime.example", "192.0.2.1")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    assert elsewhere.post("/moderate", json=WORDS, headers=headers).status_code == status


def test_health_is_for_everybody(with_keys: FastAPI) -> None:
    assert asking(with_keys, "runtime.example", "192.0.2.1").get("/health").status_code == 200


def test_what_is_not_valid_is_told_as_a_problem(without_keys: FastAPI) -> None:
    half = b'{"persona_id": "ai-jesus", "hook": "\\ud800", "body": "x"}'
    answer = asking(without_keys).post("/moderate", content=half, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["mistakes"][0]["where"] == "body.hook"
