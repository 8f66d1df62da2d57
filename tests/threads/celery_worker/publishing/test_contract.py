"""What any platform behind the publisher does: run against the fake, and (marker `live`) against Threads itself.

Live: MUSTER_TEST_THREADS_ACCOUNTS names a file of accounts, MUSTER_TEST_THREADS_PERSONA one of them. Posts are made!
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest

from muster.core.clock import Clock, SystemClock
from muster.threads.celery_worker.ports import ContainerStatus, PlatformRefusedError, Publisher
from muster.threads.celery_worker.publishing.accounts import Accounts
from muster.threads.celery_worker.publishing.accounts_file import take_accounts
from muster.threads.celery_worker.publishing.graph_client import GraphClient
from muster.threads.celery_worker.publishing.threads_publisher import ThreadsPublisher
from muster.threads.db.engine import Database


@dataclass(frozen=True)
class Stage:
    """A platform, and who posts there."""

    publisher: Publisher
    persona: str
    clock: Clock

    def finished(self, text: str) -> str:
        """A container that can be published; the real platform takes some seconds."""
        container = self.publisher.create(self.persona, text)
        for _ in range(30):
            if self.publisher.status(self.persona, container) == ContainerStatus("finished"):
                return container
            Event().wait(2)
        raise AssertionError(f"container {container} does not get ready")


@pytest.fixture
def fake_stage(publisher: ThreadsPublisher, clock: Clock) -> Stage:
    return Stage(publisher, "ai-jesus", clock)


@pytest.fixture
def live_stage(sqlite: Database) -> Iterator[Stage]:
    file, persona = (os.environ.get(f"MUSTER_TEST_THREADS_{name}", "") for name in ("ACCOUNTS", "PERSONA"))
    if not file or not persona:
        pytest.skip("MUSTER_TEST_THREADS_ACCOUNTS and MUSTER_TEST_THREADS_PERSONA name no account")
    take_accounts(sqlite, Path(file))
    clock = SystemClock()
    graph = GraphClient("https://graph.threads.net", clock)
    yield Stage(ThreadsPublisher(graph, Accounts(sqlite, graph, clock)), persona, clock)
    graph.close()


@pytest.fixture(params=["fake", pytest.param("live", marks=pytest.mark.live)])
def stage(request: pytest.FixtureRequest) -> Stage:
    return request.getfixturevalue(f"{request.param}_stage")


def test_a_container_is_published_once_and_found_again(stage: Stage) -> None:
    text, before = f"A test of ours: {uuid4()} 🙏", stage.clock.now()
    container = stage.finished(text)
    media = stage.publisher.publish(stage.persona, container)
    assert stage.publisher.status(stage.persona, container).kind == "published"
    assert stage.publisher.find_published(stage.persona, text, before) == [media]
    with pytest.raises(PlatformRefusedError) as caught:
        stage.publisher.publish(stage.persona, container)
    assert caught.value.kind == "already_published"


def test_the_quota_counts_what_was_published(stage: Stage) -> None:
    before = stage.publisher.quota(stage.persona)
    stage.publisher.publish(stage.persona, stage.finished(f"A test of ours: {uuid4()}"))
    assert stage.publisher.quota(stage.persona).used == before.used + 1
    assert before.most == 250


def test_a_container_that_never_was_can_not_be_published(stage: Stage) -> None:
    with pytest.raises(PlatformRefusedError) as caught:
        stage.publisher.publish(stage.persona, "18999999999999999")
    assert caught.value.kind == "not_ready"


def test_a_text_that_is_too_long_makes_no_container(stage: Stage) -> None:
    with pytest.raises(PlatformRefusedError) as caught:
        stage.publisher.create(stage.persona, "🙏" * 126)
    assert caught.value.kind == "invalid"


def test_words_that_nobody_posted_are_not_found(stage: Stage) -> None:
    assert stage.publisher.find_published(stage.persona, str(uuid4()), stage.clock.now()) == []
