from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from muster.core.settings import load_settings
from muster.threads.common.contracts import Draft, Moderation, RunStep
from muster.threads.common.platform_text import words_sha256
from muster.threads.common.settings import ThreadsSettings
from muster.threads.persona_runtime.app import build
from threads.persona_runs import asked


def here(app: FastAPI, host: str = "127.0.0.1") -> TestClient:
    return TestClient(app, base_url=f"http://{host}", client=("127.0.0.1", 50_000))


@pytest.fixture
def client() -> Iterator[TestClient]:
    with here(build(load_settings(ThreadsSettings, None))) as client:
        yield client


def events(text: str) -> list[tuple[str, str]]:
    frames = [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in text.strip().split("\n\n")]
    return [(frame["event"], frame["data"]) for frame in frames]


def test_a_run_streams_its_steps_and_then_the_draft(client: TestClient) -> None:
    answer = client.post("/run", json=asked(topic="rest").model_dump(mode="json"))
    found = events(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [kind for kind, _ in found] == ["step"] * 5 + ["draft"]
    assert [RunStep.model_validate_json(data).id for _, data in found[:-1]] == [1, 2, 3, 4, 5]
    assert Draft.model_validate_json(found[-1][1]).hook


def test_a_persona_that_does_not_exist_is_an_error_of_the_request(client: TestClient) -> None:
    assert client.post("/run", json=asked("nobody", topic="rest").model_dump(mode="json")).status_code == 404


def test_an_unknown_field_is_refused(client: TestClient) -> None:
    assert client.post("/run", json={**asked(topic="rest").model_dump(mode="json"), "more": 1}).status_code == 422


def test_words_of_a_person_are_judged(client: TestClient) -> None:
    answer = client.post("/moderate", json={"persona_id": "ai-jesus", "hook": "I will", "body": "k1ll you"})
    moderation = Moderation.model_validate_json(answer.content)
    assert (moderation.verdict, moderation.text_sha256) == ("blocked", words_sha256("I will", "k1ll you"))


def test_personas_are_listed(client: TestClient) -> None:
    assert [one["id"] for one in client.get("/personas").json()] == ["ai-elon", "ai-jesus"]


def test_it_lives_before_it_is_ready() -> None:
    unwarmed = here(build(load_settings(ThreadsSettings, None)))
    assert [unwarmed.get(path).status_code for path in ("/health", "/ready")] == [200, 503]


def test_it_is_ready_once_all_is_loaded(client: TestClient) -> None:
    assert client.get("/ready").json() == {"status": "ready"}


def test_its_phases_are_measured(client: TestClient) -> None:
    client.post("/run", json=asked(topic="rest").model_dump(mode="json"))
    assert 'request_latency_seconds_count{phase="guardrail"}' in client.get("/metrics").text


def test_a_persona_of_a_folder_can_speak(tmp_path: Path) -> None:
    voice = "{tone: dry, instructions: x, openers: [a, b, c], thoughts: [a, b, c, d, e, f], closers: [a, b, c]}"
    (tmp_path / "ada.yaml").write_text(f"name: Ada\ntopics: [engines]\nvoice: {voice}\n")
    settings = load_settings(ThreadsSettings, None).model_copy(update={"threads_personas": tmp_path})
    answer = here(build(settings)).post("/run", json=asked("ada", topic="engines").model_dump(mode="json"))
    assert events(answer.text)[-1][0] == "draft"
