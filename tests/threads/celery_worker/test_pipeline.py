"""Each state's outcomes, on SQLite and PostgreSQL."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from muster.core.errors import ServiceTimeoutError
from muster.threads.celery_worker.decisions import MOST_ATTEMPTS, MOST_CONTAINERS, MOST_LOOKS
from muster.threads.celery_worker.pipeline import publish_post
from muster.threads.celery_worker.ports import WriterFailedError
from muster.threads.common.contracts import Draft, Edit, Moderation
from muster.threads.common.personas import PersonaLimits, QuietHours, Schedule
from muster.threads.common.platform_text import compose, words_sha256
from muster.threads.db.deciding import approve, cancel, retry
from muster.threads.db.engine import Database
from muster.threads.db.leasing import LEASE_S
from muster.threads.db.models import CostRow, OutboxRow, PostRow
from threads.celery_worker.fakes import Crew, refuse, run, run_until_still, time_out


@pytest.fixture
def crew(database: Database) -> Crew:
    return Crew(database)


def test_a_task_becomes_one_published_post(crew: Crew) -> None:
    task_id = crew.task("bread")
    assert run(crew, task_id) == "published"
    assert crew.platform.texts() == ["About bread\n\nWhat bread is, and why."]
    with crew.database.read() as session:
        post = session.scalars(select(PostRow)).one()
        assert (post.media_id, post.published_at) == (crew.platform.published[0][0], crew.clock.now())
        assert (post.tokens_used, post.hook) == (15, "About bread")
        cost = session.scalars(select(CostRow)).one()
        assert (cost.task_id, cost.persona_id, cost.cost_usd) == (task_id, "ai-jesus", 0.01)


def test_what_has_ended_is_not_done_again(crew: Crew) -> None:
    task_id = crew.task()
    run(crew, task_id)
    run(crew, task_id)
    assert (len(crew.platform.published), len(crew.writer.written)) == (1, 1)


def test_the_story_tells_each_state(crew: Crew) -> None:
    task_id = crew.task()
    run(crew, task_id)
    assert crew.told(task_id) == [
        "hook and body are written", "judged by echo", "nothing like it was said in the window", "approved",
        "the platform holds it", "published",
    ]  # fmt: skip


def test_what_the_guardrail_blocks_ends_and_is_not_tried_again(crew: Crew) -> None:
    crew.writer.verdict = "blocked"
    task_id = crew.task()
    assert run(crew, task_id) == "blocked"
    assert crew.row(task_id).next_attempt_at is None
    assert crew.platform.containers == {}


def test_a_writer_that_is_away_is_asked_again_later(crew: Crew) -> None:
    crew.writer.hook = time_out("write", times=2)
    task_id = crew.task()
    assert run(crew, task_id) == "queued"
    assert crew.row(task_id).attempts == 1
    assert crew.until_due(task_id) > timedelta()
    assert run_until_still(crew, task_id) == "published"


def test_a_message_that_comes_too_early_does_nothing(crew: Crew) -> None:
    crew.writer.hook = time_out("write")
    task_id = crew.task()
    run(crew, task_id)
    assert run(crew, task_id) == "queued"
    assert crew.writer.written == []


def test_attempts_are_bounded(crew: Crew) -> None:
    crew.writer.hook = time_out("write", times=100)
    task_id = crew.task()
    assert run_until_still(crew, task_id) == "failed"
    assert len([text for text in crew.told(task_id) if text.startswith("attempt")]) == MOST_ATTEMPTS


def test_what_can_not_be_written_fails_at_once(crew: Crew) -> None:
    def cannot(_call: str) -> None:
        raise WriterFailedError("no such model")

    crew.writer.hook = cannot
    assert run(crew, crew.task()) == "failed"


def test_a_defect_is_bounded_like_a_failure(crew: Crew) -> None:
    def broken(_call: str) -> None:
        raise RuntimeError("a bug")

    crew.twins.hook = broken
    task_id = crew.task()
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            run(crew, task_id)
        crew.clock.advance(LEASE_S + 1)
    assert run(crew, task_id) == "failed"


def test_an_unknown_persona_fails(crew: Crew) -> None:
    assert run(crew, crew.task(persona_id="nobody")) == "failed"


def test_the_same_words_twice_are_a_duplicate(crew: Crew) -> None:
    first, second = crew.task("bread"), crew.task("bread")
    run(crew, first)
    assert run(crew, second) == "duplicate"
    with crew.database.read() as session:
        twin = session.scalars(select(PostRow.id).where(PostRow.task_id == first)).one()
    assert crew.row(second).twin_post_id == twin
    assert len(crew.platform.published) == 1


def test_a_post_that_came_to_nothing_is_no_twin(crew: Crew) -> None:
    first = crew.task("bread", needs_approval=True)
    run(crew, first)
    with crew.database.begin() as session:
        cancel(session, first, "local", crew.clock.now(), "")
    assert run(crew, crew.task("bread")) == "published"


def test_a_post_of_another_time_is_no_twin(crew: Crew) -> None:
    run(crew, crew.task("bread"))
    crew.clock.advance(91 * 86400)
    crew.twins.known.clear()
    assert run(crew, crew.task("bread")) == "published"


def test_an_approval_is_waited_for(crew: Crew) -> None:
    task_id = crew.task(needs_approval=True)
    assert run(crew, task_id) == "deduplicated"
    assert crew.row(task_id).next_attempt_at is None
    with crew.database.begin() as session:
        approve(session, task_id, "local", crew.clock.now(), edit=_edit())
    assert run(crew, task_id) == "published"


def test_edited_words_are_judged_again(crew: Crew) -> None:
    task_id = crew.task(needs_approval=True)
    run(crew, task_id)
    with crew.database.begin() as session:
        approve(session, task_id, "local", crew.clock.now(), edit=_edit(hook="Other words"))
    assert run(crew, task_id) == "published"
    assert [request.hook for request in crew.writer.judged] == ["Other words"]
    assert crew.platform.texts()[0].startswith("Other words")


def test_edited_words_may_be_blocked(crew: Crew) -> None:
    task_id = crew.task(needs_approval=True)
    run(crew, task_id)
    crew.writer.verdict = "blocked"
    with crew.database.begin() as session:
        approve(session, task_id, "local", crew.clock.now(), edit=_edit(body="Worse words"))
    assert run(crew, task_id) == "blocked"


def test_a_text_that_was_not_judged_is_not_posted(crew: Crew) -> None:
    moderation = Moderation(verdict="allowed", text_sha256=words_sha256("a", "b"))
    draft = Draft(hook="a", body="b", text=compose("a", "b") + " and more", moderation=moderation)
    task_id = crew.task(state="drafted", draft=draft.model_dump(mode="json"))
    assert run(crew, task_id) == "failed"


def test_it_waits_for_its_time(crew: Crew) -> None:
    task_id = crew.task(publish_at=crew.clock.now() + timedelta(hours=3))
    assert run(crew, task_id) == "approved"
    assert crew.until_due(task_id) == timedelta(hours=3)
    assert run(crew, task_id) == "published"


def test_quiet_hours_are_kept(crew: Crew) -> None:
    crew.change(schedule=Schedule(timezone="UTC", quiet_hours=QuietHours(start=time(11), end=time(14))))
    task_id = crew.task()
    assert run(crew, task_id) == "approved"
    assert crew.until_due(task_id) == timedelta(hours=2)
    assert run(crew, task_id) == "published"


def test_a_full_day_goes_on_tomorrow(crew: Crew) -> None:
    crew.change(limits=PersonaLimits(posts_per_day=1))
    run(crew, crew.task("bread"))
    second = crew.task("wine")
    assert run(crew, second) == "approved"
    assert crew.until_due(second) == timedelta(hours=12)
    assert run(crew, second) == "published"


def test_the_last_place_of_a_day_is_taken_once(crew: Crew) -> None:
    crew.change(limits=PersonaLimits(posts_per_day=1))
    first, second = crew.task("bread"), crew.task("wine")

    def another_is_quicker(call: str) -> None:
        if call == "create":
            crew.platform.hook = lambda _call: None
            publish_post(crew.worker(), second)

    crew.platform.hook = another_is_quicker
    assert run(crew, first) == "approved"
    assert (crew.state(second), len(crew.platform.published)) == ("published", 1)


def test_money_that_is_spent_stops_the_writing(crew: Crew) -> None:
    crew.change(limits=PersonaLimits(usd_per_day=0.01))
    run(crew, crew.task("bread"))
    second = crew.task("wine")
    assert run(crew, second) == "queued"
    assert crew.until_due(second) == timedelta(hours=12)
    assert run(crew, second) == "published"


def test_a_used_quota_is_waited_for_before_anything_is_made(crew: Crew) -> None:
    crew.platform.allowed = 0
    task_id = crew.task()
    assert run(crew, task_id) == "approved"
    assert crew.platform.containers == {}
    crew.platform.allowed = 1
    assert run_until_still(crew, task_id) == "published"


def test_waiting_is_told_once(crew: Crew) -> None:
    crew.platform.allowed = 0
    task_id = crew.task()
    for _ in range(3):
        run(crew, task_id)
        crew.until_due(task_id)
    assert len([text for text in crew.told(task_id) if "quota" in text]) == 1


@pytest.mark.parametrize("kind", ["not_ready", "rate_limited", "quota", "token"])
def test_a_clear_no_is_tried_again_with_the_same_container(crew: Crew, kind: str) -> None:
    crew.platform.hook = refuse("publish", kind)
    task_id = crew.task()
    assert run(crew, task_id) == "container_created"
    assert crew.publication(task_id).tried_at is None
    assert run_until_still(crew, task_id) == "published"
    assert (len(crew.platform.containers), len(crew.platform.published)) == (1, 1)


def test_the_platform_says_when_to_come_back(crew: Crew) -> None:
    crew.platform.hook = refuse("publish", "rate_limited", retry_after_s=777)
    task_id = crew.task()
    run(crew, task_id)
    assert crew.until_due(task_id) == timedelta(seconds=777)


def test_a_text_that_the_platform_refuses_fails(crew: Crew) -> None:
    crew.platform.hook = refuse("create", "invalid")
    assert run(crew, crew.task()) == "failed"


@pytest.mark.parametrize("kind", ["expired", "error"])
def test_a_spoilt_container_is_followed_by_another(crew: Crew, kind: str) -> None:
    def spoil(call: str) -> None:
        if call == "status" and len(crew.platform.containers) == 1:
            next(iter(crew.platform.containers.values())).kind = kind

    crew.platform.hook = spoil
    assert run_until_still(crew, crew.task()) == "published"
    assert (len(crew.platform.containers), len(crew.platform.published)) == (2, 1)


def test_spoilt_containers_are_bounded(crew: Crew) -> None:
    def spoil(call: str) -> None:
        for container in crew.platform.containers.values():
            container.kind = "error"

    crew.platform.hook = spoil
    assert run_until_still(crew, crew.task()) == "failed"
    assert len(crew.platform.containers) == MOST_CONTAINERS


def test_a_container_in_work_is_waited_for(crew: Crew) -> None:
    polls = [0]

    def slow(call: str) -> None:
        polls[0] += call == "status"
        for container in crew.platform.containers.values():
            container.kind = "in_progress" if polls[0] < 7 else "finished"

    crew.platform.hook = slow
    task_id = crew.task()
    assert run(crew, task_id) == "container_created"
    assert run_until_still(crew, task_id) == "published"
    assert len(crew.platform.containers) == 1


def test_a_publication_without_an_answer_is_found(crew: Crew) -> None:
    crew.platform.hook = time_out("publish done")
    task_id = crew.task()
    assert run(crew, task_id) == "published"
    assert crew.publication(task_id).media_id == crew.platform.published[0][0]


def test_a_publication_that_never_arrived_is_unknown_and_a_person_decides(crew: Crew) -> None:
    crew.platform.hook = time_out("publish")
    task_id = crew.task()
    assert run(crew, task_id) == "unknown"
    assert run_until_still(crew, task_id) == "unknown"
    assert crew.publication(task_id).looked_up == MOST_LOOKS
    assert "a person has to decide" in crew.told(task_id)[-1]
    assert crew.platform.published == []


def test_an_unknown_post_shows_up_later(crew: Crew) -> None:
    crew.platform.hook = time_out("publish done", "status", times=5)
    task_id = crew.task()
    calls = [0]

    def away(call: str) -> None:
        calls[0] += 1
        if call in ("publish done", "status", "find_published") and calls[0] > 5 and calls[0] < 12:
            raise ServiceTimeoutError("away")

    crew.platform.hook = away
    assert run_until_still(crew, task_id) == "published"
    assert len(crew.platform.published) == 1


def test_a_person_tries_an_unknown_one_again_with_the_same_container(crew: Crew) -> None:
    crew.platform.hook = time_out("publish")
    task_id = crew.task()
    run_until_still(crew, task_id)
    _ask_again(crew, task_id)
    assert run_until_still(crew, task_id) == "published"
    assert (len(crew.platform.containers), len(crew.platform.published)) == (1, 1)


def test_a_worker_that_died_after_trying_has_its_successor_look_up(crew: Crew) -> None:
    task_id = crew.task()
    crew.platform.hook = time_out("publish")
    run(crew, task_id)
    crew.change_row(task_id, state="container_created")
    crew.platform.hook = lambda call: pytest.fail("tried twice") if call == "publish" else None
    crew.until_due(task_id)
    assert run(crew, task_id) == "unknown"


def test_who_lost_the_lease_writes_nothing(crew: Crew) -> None:
    task_id = crew.task()
    crew.writer.hook = lambda call: crew.change_row(task_id, lease_owner="another") if call == "write done" else None
    assert run(crew, task_id) == "queued"
    assert crew.told(task_id) == []


def test_what_a_person_cancels_meanwhile_stays_cancelled(crew: Crew) -> None:
    task_id = crew.task()

    def cancelled(call: str) -> None:
        if call != "find":
            return
        with crew.database.begin() as session:
            cancel(session, task_id, "local", crew.clock.now(), "")

    crew.twins.hook = cancelled
    assert run(crew, task_id) == "cancelled"


def test_a_worker_that_stops_hands_back(crew: Crew) -> None:
    task_id = crew.task()
    crew.writer.hook = lambda _call: setattr(crew, "stopping", True)
    assert run(crew, task_id) == "drafted"
    assert crew.row(task_id).lease_owner is None
    with crew.database.read() as session:
        assert session.scalars(select(OutboxRow.due_at)).all() == [crew.clock.now()]
    crew.stopping = False
    assert run(crew, task_id) == "published"


def test_a_lost_worker_counts_as_an_attempt(crew: Crew) -> None:
    task_id = crew.task(lease_owner="dead", lease_until=crew.clock.now() - timedelta(seconds=1))
    assert run(crew, task_id) == "published"
    assert "was lost" in crew.told(task_id)[0]


def test_the_message_of_a_dead_worker_comes_again_when_its_lease_has_run_out(crew: Crew) -> None:
    task_id = crew.task(lease_owner="dead", lease_until=crew.clock.now() + timedelta(seconds=60))
    assert run(crew, task_id) == "queued"
    with crew.database.read() as session:
        due_at = session.scalars(select(OutboxRow.due_at)).one()
    crew.clock.advance((due_at - crew.clock.now()).total_seconds())
    assert run(crew, task_id) == "published"


def _edit(**words: str):
    return Edit(**words)


def _ask_again(crew: Crew, task_id) -> None:
    with crew.database.begin() as session:
        retry(session, task_id, "local", crew.clock.now())


def test_a_container_that_waited_into_quiet_hours_waits_on(crew: Crew) -> None:
    crew.platform.hook = refuse("publish", "rate_limited", retry_after_s=3600)
    task_id = crew.task()
    run(crew, task_id)
    crew.change(schedule=Schedule(timezone="UTC", quiet_hours=QuietHours(start=time(12, 30), end=time(14))))
    crew.until_due(task_id)
    assert run(crew, task_id) == "container_created"
    assert crew.until_due(task_id) == timedelta(hours=1)
    assert run(crew, task_id) == "published"
