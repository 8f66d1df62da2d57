"""Unknown posts that a person settles, and the place of the day that they take."""

from uuid import UUID

import pytest

from muster.core.errors import UsageError
from muster.threads.common.contracts import Settlement, TaskView
from muster.threads.common.personas import PersonaLimits
from muster.threads.db.deciding import retry, settle
from muster.threads.db.engine import Database
from muster.threads.db.models import PostRow
from muster.threads.db.story import WrongStateError
from muster.threads.db.views import task_view
from threads.celery_worker.fakes import Crew, run, run_until_still, time_out


@pytest.fixture
def crew(sqlite: Database) -> Crew:
    return Crew(sqlite)


def settled(crew: Crew, task_id: UUID, **said: object) -> None:
    with crew.database.begin() as session:
        settle(session, task_id, "anna", crew.clock.now(), Settlement.model_validate(said))


def view(crew: Crew, task_id: UUID) -> TaskView:
    with crew.database.read() as session:
        seen = task_view(session, task_id, crew.clock.now())
    assert seen is not None
    return seen


def an_unknown_one(crew: Crew, topic: str = "bread") -> UUID:
    crew.platform.hook = time_out("publish")
    task_id = crew.task(topic)
    assert run(crew, task_id) == "unknown"
    return task_id


def test_an_unknown_one_is_looked_up_then_waits_for_a_person(crew: Crew) -> None:
    task_id = an_unknown_one(crew)
    assert view(crew, task_id).waits_for == "lookup"
    run_until_still(crew, task_id)
    assert view(crew, task_id).waits_for == "person"


def test_a_person_says_that_it_is_out(crew: Crew) -> None:
    task_id = an_unknown_one(crew)
    tried_at = crew.clock.now()
    crew.clock.advance(3600)
    settled(crew, task_id, published=True, media_id="m1")
    assert (crew.state(task_id), view(crew, task_id).media_id) == ("published", "m1")
    assert crew.told(task_id)[-1] == "published, says anna"
    with crew.database.read() as session:
        assert session.get_one(PostRow, view(crew, task_id).post_id).published_at == tried_at


def test_a_media_id_of_another_task_is_refused(crew: Crew) -> None:
    other = an_unknown_one(crew, "wine")
    settled(crew, other, published=True, media_id="m1")
    task_id = an_unknown_one(crew)
    with pytest.raises(UsageError, match="m1"):
        settled(crew, task_id, published=True, media_id="m1")
    assert crew.state(task_id) == "unknown"


def test_a_person_says_that_it_is_not_out_and_has_it_tried_again(crew: Crew) -> None:
    task_id = an_unknown_one(crew)
    settled(crew, task_id, published=False)
    assert (crew.state(task_id), crew.told(task_id)[-1]) == ("failed", "not published, says anna")
    with crew.database.begin() as session:
        retry(session, task_id, "anna", crew.clock.now())
    assert run_until_still(crew, task_id) == "published"
    assert (len(crew.platform.containers), len(crew.platform.published)) == (1, 1)


def test_what_a_person_took_for_lost_is_not_published_twice(crew: Crew) -> None:
    task_id = an_unknown_one(crew)
    settled(crew, task_id, published=False)
    crew.platform.publish("ai-jesus", next(iter(crew.platform.containers)))
    with crew.database.begin() as session:
        retry(session, task_id, "anna", crew.clock.now())
    assert run_until_still(crew, task_id) == "published"
    assert len(crew.platform.published) == 1


def test_only_unknown_ones_are_settled(crew: Crew) -> None:
    task_id = crew.task()
    with pytest.raises(WrongStateError, match="queued"):
        settled(crew, task_id, published=True)


def test_what_is_not_published_has_no_media_id() -> None:
    with pytest.raises(ValueError, match="no media_id"):
        Settlement(published=False, media_id="m1")


def test_an_unknown_one_takes_a_place_of_its_own_day_only(crew: Crew) -> None:
    crew.change(limits=PersonaLimits(posts_per_day=1))
    run_until_still(crew, an_unknown_one(crew, "wine"))
    task_id = crew.task()
    assert run(crew, task_id) == "approved"
    crew.until_due(task_id)
    assert run(crew, task_id) == "published"


def test_one_that_is_out_by_an_attempt_that_was_taken_for_refused_has_its_time(crew: Crew) -> None:
    """Its container says PUBLISHED while no attempt is on record, and nobody finds the post."""
    task_id = crew.task()

    def out_already(call: str) -> None:
        if call == "status":
            next(iter(crew.platform.containers.values())).media_id = "m1"

    crew.platform.hook = out_already
    assert run(crew, task_id) == "unknown"
    settled(crew, task_id, published=True)
    with crew.database.read() as session:
        post = session.get_one(PostRow, view(crew, task_id).post_id)
    assert post.published_at == crew.publication(task_id).container_at
