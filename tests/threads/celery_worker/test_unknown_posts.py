"""Posts that may be out: what is looked up, what a person says, and that nothing is published twice meanwhile."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest

from muster.threads.celery_worker.decisions import MOST_ATTEMPTS, MOST_LOOKS
from muster.threads.db.deciding import cancel, retry
from muster.threads.db.engine import Database
from muster.threads.db.leasing import LEASE_S
from muster.threads.db.models import PublicationRow
from muster.threads.db.story import WrongStateError
from threads.celery_worker.fakes import Crew, refuse, run, run_until_still, time_out


@pytest.fixture
def crew(sqlite: Database) -> Crew:
    return Crew(sqlite)


def ask_again(crew: Crew, task_id: UUID) -> None:
    with crew.database.begin() as session:
        retry(session, task_id, "anna", crew.clock.now())


def cancelled(crew: Crew, task_id: UUID) -> None:
    with crew.database.begin() as session:
        cancel(session, task_id, "anna", crew.clock.now(), "")


def an_unanswered_one(crew: Crew, kind: str) -> UUID:
    """Its publication was tried and not answered, and since then the platform says this of its container."""

    def silent(call: str) -> None:
        if call == "publish":
            next(iter(crew.platform.containers.values())).kind = kind
            time_out("publish")(call)

    crew.platform.hook = silent
    task_id = crew.task()
    assert run_until_still(crew, task_id) == "unknown"
    return task_id


def test_a_container_in_progress_is_not_published_again_for_a_person(crew: Crew) -> None:
    task_id = an_unanswered_one(crew, "in_progress")
    crew.clock.advance(3600)
    ask_again(crew, task_id)
    assert run_until_still(crew, task_id) == "unknown"
    assert len(crew.platform.containers) == 1
    assert crew.publication(task_id).looked_up == MOST_LOOKS


def test_what_comes_through_late_is_found(crew: Crew) -> None:
    task_id = an_unanswered_one(crew, "in_progress")
    crew.clock.advance(3600)
    crew.platform.hook = lambda _call: None
    container = next(iter(crew.platform.containers))
    crew.platform.publish("ai-jesus", container)
    ask_again(crew, task_id)
    assert run(crew, task_id) == "published"
    assert (len(crew.platform.containers), len(crew.platform.published)) == (1, 1)


def test_an_expired_container_that_was_tried_is_followed_by_another(crew: Crew) -> None:
    task_id = an_unanswered_one(crew, "in_progress")
    next(iter(crew.platform.containers.values())).kind = "expired"
    crew.platform.hook = lambda _call: None
    ask_again(crew, task_id)
    assert run_until_still(crew, task_id) == "published"
    assert (len(crew.platform.containers), len(crew.platform.published)) == (2, 1)


def test_a_container_that_was_tried_is_not_given_up_for_its_age(crew: Crew) -> None:
    crew.platform.hook = refuse("publish", "rate_limited")
    task_id = crew.task()
    run(crew, task_id)
    next(iter(crew.platform.containers.values())).kind = "in_progress"
    crew.clock.advance(timedelta(hours=2).total_seconds())
    assert run(crew, task_id) == "container_created"
    assert len(crew.platform.containers) == 1


def test_what_waits_to_go_out_can_be_cancelled(crew: Crew) -> None:
    crew.platform.hook = refuse("publish", "rate_limited")
    task_id = crew.task()
    assert run(crew, task_id) == "container_created"
    cancelled(crew, task_id)
    crew.clock.advance(3600)
    assert run(crew, task_id) == "cancelled"
    assert crew.platform.published == []


def test_who_is_cancelled_just_before_publishing_does_not_publish(crew: Crew) -> None:
    task_id = crew.task()
    crew.platform.hook = lambda call: cancelled(crew, task_id) if call == "status" else None
    assert run(crew, task_id) == "cancelled"
    assert crew.platform.published == []


def test_what_is_being_published_is_not_cancelled(crew: Crew) -> None:
    task_id = crew.task()

    def too_late(call: str) -> None:
        if call == "publish":
            with pytest.raises(WrongStateError, match="may be out"):
                cancelled(crew, task_id)

    crew.platform.hook = too_late
    assert run(crew, task_id) == "published"


def spoiling(crew: Crew, until_s: float) -> None:
    """For so many seconds from now on the platform makes no container that is good."""
    end = crew.clock.now() + timedelta(seconds=until_s)

    def spoil(_call: str) -> None:
        if crew.clock.now() < end:
            for container in crew.platform.containers.values():
                container.kind = "error"

    crew.platform.hook = spoil


def test_a_minute_of_spoilt_containers_does_not_end_a_task(crew: Crew) -> None:
    spoiling(crew, 60)
    task_id = crew.task()
    assert run(crew, task_id) == "approved"
    assert crew.row(task_id).attempts == 1
    assert run_until_still(crew, task_id) == "published"


def test_a_task_that_failed_by_spoilt_containers_can_be_tried_again(crew: Crew) -> None:
    spoiling(crew, 86400)
    task_id = crew.task()
    assert run_until_still(crew, task_id) == "failed"
    crew.platform.hook = lambda _call: None
    ask_again(crew, task_id)
    assert run_until_still(crew, task_id) == "published"


def one_that_was_out_when_its_worker_died(crew: Crew) -> UUID:
    def killed(call: str) -> None:
        if call == "publish done":
            raise KeyboardInterrupt

    crew.platform.hook = killed
    task_id = crew.task()
    with pytest.raises(KeyboardInterrupt):
        run(crew, task_id)
    crew.clock.advance(LEASE_S + 1)
    return task_id


def test_what_was_tried_is_looked_up_after_too_many_losses(crew: Crew) -> None:
    task_id = one_that_was_out_when_its_worker_died(crew)
    crew.change_row(task_id, attempts=MOST_ATTEMPTS)
    crew.platform.hook = lambda _call: None
    assert run_until_still(crew, task_id) == "published"
    assert len(crew.platform.published) == 1


def test_what_nobody_survives_looking_up_waits_for_a_person(crew: Crew) -> None:
    task_id = one_that_was_out_when_its_worker_died(crew)

    def killed(call: str) -> None:
        if call == "status":
            raise KeyboardInterrupt

    crew.platform.hook = killed
    for _ in range(3 * MOST_ATTEMPTS):
        with suppress(KeyboardInterrupt):
            run(crew, task_id)
        crew.clock.advance(LEASE_S + 1)
    assert (crew.state(task_id), crew.row(task_id).next_attempt_at) == ("unknown", None)
    assert "a person has to decide" in crew.told(task_id)[-1]


def posted_by_hand(crew: Crew) -> str:
    """The same words, posted by somebody who is not us."""
    text = "About bread\n\nWhat bread is, and why."
    crew.platform.published.append(("hand", text, crew.clock.now()))
    return "hand"


def test_the_newest_post_since_it_was_tried_is_ours(crew: Crew) -> None:
    task_id = crew.task(publish_at=crew.clock.now() + timedelta(hours=1))
    run(crew, task_id)
    crew.until_due(task_id)
    calls = time_out("publish done")

    def after_another(call: str) -> None:
        if call == "create done":
            posted_by_hand(crew)
            crew.clock.advance(30)
        calls(call)

    crew.platform.hook = after_another
    assert run(crew, task_id) == "published"
    assert crew.publication(task_id).media_id == crew.platform.published[-1][0] != "hand"


def of_another_task(crew: Crew, media_id: str) -> None:
    other = crew.task("wine", state="published", next_attempt_at=None)
    with crew.database.begin() as session:
        session.add(PublicationRow(task_id=other, container_id="c-other", media_id=media_id))


def test_a_media_id_of_another_task_is_passed_over(crew: Crew) -> None:
    calls = time_out("publish done")

    def posted_later(call: str) -> None:
        if call == "find_published":
            of_another_task(crew, posted_by_hand(crew))
            crew.platform.hook = lambda _call: None
        calls(call)

    crew.platform.hook = posted_later
    task_id = crew.task()
    assert run(crew, task_id) == "published"
    assert crew.publication(task_id).media_id == crew.platform.published[0][0]


def test_a_media_id_that_another_task_took_meanwhile_is_not_stored(crew: Crew) -> None:
    def taken(call: str) -> None:
        if call == "publish done":
            of_another_task(crew, crew.platform.published[0][0])

    crew.platform.hook = taken
    task_id = crew.task()
    assert run(crew, task_id) == "published"
    assert crew.publication(task_id).media_id is None
    assert "which another task has" in crew.told(task_id)[-2]
