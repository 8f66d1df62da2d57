"""A worker killed (-9) before and after each of its commits; the next one finishes. Nothing is posted twice."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from muster.core.clock import SystemClock
from muster.threads.db.deciding import retry
from muster.threads.db.engine import Database
from muster.threads.db.leasing import LEASE_S
from muster.threads.db.models import TaskRow
from muster.threads.db.story import story_after
from threads.celery_worker.fakes import Crew
from threads.chaos.one_pass import Pass, look
from threads.fake_platform import FakePlatform, running_fake

COMMITS = 9
"""Lease, draft, verdict, comparison, approval, account, container, attempt, publication."""
TRIED, FOUND = 8, 9
BOUNDARIES = [(at, side) for at in range(1, COMMITS + 1) for side in ("before", "after")]


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    with running_fake() as fake:
        yield fake


@pytest.fixture
def one(database: Database, tmp_path: Path, platform: FakePlatform) -> Pass:
    """A look at a new task."""
    now = SystemClock().now()
    task_id = Crew(database).task(f"bread {uuid4()}", next_attempt_at=now, created_at=now, updated_at=now)
    return Pass(tmp_path, database.url, platform.url, task_id)


def row(database: Database, task_id: UUID) -> TaskRow:
    with database.read() as session:
        return session.get_one(TaskRow, task_id)


def has_no_gap(database: Database, task_id: UUID) -> bool:
    with database.read() as session:
        numbers = [event.seq for event in story_after(session, task_id, 0)]
    return numbers == list(range(1, len(numbers) + 1))


def test_a_look_at_a_task_has_these_commits(one: Pass) -> None:
    assert look(one) == (0, COMMITS)


@pytest.mark.parametrize(("at", "side"), BOUNDARIES)
def test_killed_at_a_commit_it_is_finished_by_the_next(
    one: Pass, database: Database, platform: FakePlatform, at: int, side: str
) -> None:
    assert look(replace(one, at=at, side=side))[0] == -signal.SIGKILL
    look(replace(one, ahead_s=LEASE_S + 5))
    nobody_knows = (at, side) == (TRIED, "after")
    assert row(database, one.task_id).state == ("unknown" if nobody_knows else "published")
    assert len(platform.published()) == (0 if nobody_knows else 1)
    assert has_no_gap(database, one.task_id)


@pytest.mark.parametrize("side", ["before", "after"])
def test_killed_while_it_looks_up_an_unanswered_attempt_it_is_found_later(
    one: Pass, database: Database, platform: FakePlatform, side: str
) -> None:
    platform.fail("error_after", endpoint="publish", next_calls=1)
    assert look(replace(one, at=FOUND, side=side))[0] == -signal.SIGKILL
    look(replace(one, ahead_s=LEASE_S + 5))
    assert (row(database, one.task_id).state, len(platform.published())) == ("published", 1)


def test_what_nobody_knows_a_person_has_tried_again_once(one: Pass, database: Database, platform: FakePlatform) -> None:
    look(replace(one, at=TRIED, side="after"))
    look(replace(one, ahead_s=LEASE_S + 5))
    with database.begin() as session:
        retry(session, one.task_id, "ops", SystemClock().now())
    look(replace(one, ahead_s=2 * LEASE_S + 10))
    assert (row(database, one.task_id).state, len(platform.published())) == ("published", 1)
