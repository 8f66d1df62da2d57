from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from muster.core.testing.clock import FakeClock
from threads.fake_platform import FakePlatform, running_fake


@pytest.fixture(scope="session")
def platform() -> Iterator[FakePlatform]:
    with running_fake(clock=FakeClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))) as running:
        yield running


@pytest.fixture
def fake(platform: FakePlatform) -> FakePlatform:
    """Empty; its clock says noon and moves only when it is told to."""
    platform.control("POST", "reset")
    return platform


@pytest.fixture
def token(fake: FakePlatform) -> str:
    return fake.short_token("ai-jesus")
