"""Who may ask the embedded Qdrant, and what is no request."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from muster.core.errors import SourceError, UsageError
from muster.core.web.serving import ServerThread
from muster.threads.common.settings import ThreadsSettings
from muster.threads.embedded_qdrant.app import build, build_on


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(build_on(tmp_path, SecretStr("right")), base_url="http://qdrant.example") as client:
        yield client


def test_it_says_the_version_that_the_installed_client_expects(address: str) -> None:
    told, expected = httpx.get(address).json()["version"], version("qdrant-client")
    assert told.split(".")[:2] == expected.split(".")[:2]


def test_a_second_owner_of_the_folder_is_told_so(address: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in use by another process"):
        build_on(tmp_path / "qdrant")


def test_a_folder_is_free_again_once_its_owner_has_stopped(tmp_path: Path) -> None:
    for _ in range(2):
        with ServerThread(build_on(tmp_path)) as server:
            assert httpx.get(f"{server.address}/readyz").status_code == 200


def test_a_damaged_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(SourceError, match=str(tmp_path)):
        build_on(tmp_path)


def test_the_service_keeps_its_vectors_in_the_home_of_the_services(tmp_path: Path) -> None:
    with TestClient(build(ThreadsSettings(muster_home=tmp_path, qdrant_api_key=SecretStr("right")))):
        assert (tmp_path / "threads" / "qdrant" / "meta.json").is_file()


@pytest.mark.parametrize("headers", [{}, {"api-key": "wrong"}, {"authorization": "Bearer wrong"}])
def test_without_the_key_nothing_is_told(locked: TestClient, headers: dict[str, str]) -> None:
    assert locked.get("/collections", headers=headers).status_code == 401


@pytest.mark.parametrize("headers", [{"api-key": "right"}, {"authorization": "Bearer right"}])
def test_with_the_key_it_is(locked: TestClient, headers: dict[str, str]) -> None:
    assert locked.get("/collections", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/livez", "/readyz", "/health", "/ready"])
def test_health_needs_no_key(locked: TestClient, path: str) -> None:
    assert locked.get(path).status_code == 200


def test_a_web_page_of_elsewhere_may_not_ask(address: str) -> None:
    answer = httpx.get(f"{address}/collections", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_a_body_that_is_none_is_answered_without_repeating_it(address: str) -> None:
    httpx.put(f"{address}/collections/posts", json={"vectors": {"size": 3, "distance": "Cosine"}})
    answer = httpx.put(f"{address}/collections/posts/points", content=b'{"points": "hunter2"}')
    assert answer.status_code == 400
    assert "hunter2" not in answer.text
    assert answer.json()["status"]["error"].startswith("Format error in JSON body")


def test_a_body_beyond_the_limit_is_refused(address: str) -> None:
    assert httpx.put(f"{address}/collections/a", content=b" " * (32 * 1024 * 1024 + 1)).status_code == 413
