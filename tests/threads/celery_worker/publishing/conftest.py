from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from muster.core.testing.clock import FakeClock
from muster.threads.celery_worker.publishing.accounts import Accounts
from muster.threads.celery_worker.publishing.graph_client import GraphClient
from muster.threads.celery_worker.publishing.threads_publisher import ThreadsPublisher
from muster.threads.db.engine import Database
from threads.fake_platform import FakePlatform, running_fake


@pytest.fixture(scope="session")
def clock() -> FakeClock:
    """The platform's and the worker's; it only goes on."""
    return FakeClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def platform(clock: FakeClock) -> Iterator[FakePlatform]:
    with running_fake(clock=clock) as running:
        yield running


@pytest.fixture
def fake(platform: FakePlatform) -> FakePlatform:
    platform.control("POST", "reset")
    return platform


@pytest.fixture
def graph(fake: FakePlatform, clock: FakeClock) -> Iterator[GraphClient]:
    client = GraphClient(fake.url, clock)
    yield client
    client.close()


@pytest.fixture
def accounts(sqlite: Database, graph: GraphClient, clock: FakeClock) -> Accounts:
    return Accounts(sqlite, graph, clock)


@pytest.fixture
def publisher(graph: GraphClient, accounts: Accounts) -> ThreadsPublisher:
    return ThreadsPublisher(graph, accounts)


@pytest.fixture
def hasty(fake: FakePlatform, accounts: Accounts, clock: FakeClock) -> Iterator[ThreadsPublisher]:
    """It does not wait long; its account is known already."""
    accounts.of("ai-jesus")
    client = GraphClient(fake.url, clock, timeout_s=0.3)
    yield ThreadsPublisher(client, accounts)
    client.close()
