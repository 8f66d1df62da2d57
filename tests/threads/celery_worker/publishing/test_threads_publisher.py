from datetime import timedelta

import pytest

from muster.core.errors import ServiceError, ServiceFailureError, ServiceTimeoutError, UnreachableError
from muster.core.testing.clock import FakeClock
from muster.threads.celery_worker.ports import ContainerStatus, PlatformRefusedError, Quota
from muster.threads.celery_worker.publishing.threads_publisher import ThreadsPublisher
from threads.fake_platform import FakePlatform

ME = "ai-jesus"


def published_by(fake: FakePlatform) -> list[str]:
    return [post["id"] for post in fake.published()]


def refusal(publisher: ThreadsPublisher, container: str) -> PlatformRefusedError:
    with pytest.raises(PlatformRefusedError) as caught:
        publisher.publish(ME, container)
    return caught.value


def test_what_is_published_is_found_by_its_words(
    publisher: ThreadsPublisher, fake: FakePlatform, clock: FakeClock
) -> None:
    before = clock.now()
    media = publisher.publish(ME, publisher.create(ME, "Be kind. 🙏\n\nTo all."))
    assert published_by(fake) == [media]
    assert publisher.find_published(ME, "Be kind. 🙏 To all.", before) == [media]
    assert publisher.find_published(ME, "Be kind.", before) == []
    assert publisher.find_published("ai-elon", "Be kind. 🙏\n\nTo all.", before) == []


def test_a_post_is_found_on_a_later_page(publisher: ThreadsPublisher, fake: FakePlatform, clock: FakeClock) -> None:
    media = publisher.publish(ME, publisher.create(ME, "The first."))
    for number in range(120):
        fake.http.post("/publish", json={"persona_id": ME, "text": f"Post {number}"}).raise_for_status()
    assert publisher.find_published(ME, "The first.", clock.now()) == [media]


def test_a_post_from_before_is_not_found(publisher: ThreadsPublisher, clock: FakeClock) -> None:
    publisher.publish(ME, publisher.create(ME, "Again."))
    clock.advance(3600)
    assert publisher.find_published(ME, "Again.", clock.now()) == []
    assert publisher.find_published(ME, "Again.", clock.now() - timedelta(hours=1))


def test_of_the_same_words_the_newest_is_named_first(publisher: ThreadsPublisher, clock: FakeClock) -> None:
    media = []
    for _ in range(2):
        media.append(publisher.publish(ME, publisher.create(ME, "Again.")))
        clock.advance(10)
    assert publisher.find_published(ME, "Again.", clock.now()) == media[::-1]


def test_the_status_of_a_container_is_told(publisher: ThreadsPublisher, fake: FakePlatform, clock: FakeClock) -> None:
    fake.control("PUT", "delay", processing_s=5)
    container = publisher.create(ME, "Slow.")
    assert publisher.status(ME, container) == ContainerStatus("in_progress")
    clock.advance(5)
    assert publisher.status(ME, container) == ContainerStatus("finished")
    publisher.publish(ME, container)
    assert publisher.status(ME, container) == ContainerStatus("published")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("container_error", ContainerStatus("error", "UNKNOWN")), ("container_expired", ContainerStatus("expired"))],
)
def test_a_container_that_came_to_nothing_is_told_and_refused(
    publisher: ThreadsPublisher, fake: FakePlatform, kind: str, status: ContainerStatus
) -> None:
    fake.fail(kind, endpoint="create")
    container = publisher.create(ME, "Bad luck.")
    assert publisher.status(ME, container) == status
    assert refusal(publisher, container).kind == "invalid"


def test_the_quota_is_told(publisher: ThreadsPublisher) -> None:
    assert publisher.quota(ME) == Quota(0, 250)
    publisher.publish(ME, publisher.create(ME, "One."))
    assert publisher.quota(ME) == Quota(1, 250)


def test_a_used_up_quota_is_a_clear_no(publisher: ThreadsPublisher, fake: FakePlatform) -> None:
    for number in range(250):
        fake.http.post("/publish", json={"persona_id": ME, "text": f"Post {number}"}).raise_for_status()
    assert refusal(publisher, publisher.create(ME, "Too many.")).kind == "quota"


def test_a_second_publication_is_refused_as_such(publisher: ThreadsPublisher, fake: FakePlatform) -> None:
    container = publisher.create(ME, "Once.")
    publisher.publish(ME, container)
    assert refusal(publisher, container).kind == "already_published"
    assert len(published_by(fake)) == 1


def test_not_ready_of_a_published_container_is_already_published(
    publisher: ThreadsPublisher, fake: FakePlatform
) -> None:
    container = publisher.create(ME, "Once.")
    publisher.publish(ME, container)
    fake.fail("not_ready", endpoint="publish")
    assert refusal(publisher, container).kind == "already_published"


def test_where_the_status_behind_a_no_can_not_be_asked_the_outcome_is_unknown(
    publisher: ThreadsPublisher, fake: FakePlatform
) -> None:
    container = publisher.create(ME, "Once.")
    fake.fail("not_ready", endpoint="publish")
    fake.fail("error_500", endpoint="status")
    with pytest.raises(ServiceFailureError):
        publisher.publish(ME, container)


@pytest.mark.parametrize(
    ("fault", "kind"), [("not_ready", "not_ready"), ("rate_limited", "rate_limited"), ("expired_token", "token")]
)
def test_a_clear_no_publishes_nothing(publisher: ThreadsPublisher, fake: FakePlatform, fault: str, kind: str) -> None:
    container = publisher.create(ME, "Later.")
    fake.fail(fault, endpoint="publish", next_calls=1, retry_after_s=17)
    refused = refusal(publisher, container)
    assert (refused.kind, refused.retry_after_s) == (kind, 17 if fault == "rate_limited" else None)
    assert published_by(fake) == []
    assert published_by(fake) != [publisher.publish(ME, container)]


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        ("error_500", ServiceFailureError, 0),
        ("error_502", ServiceFailureError, 0),
        ("timeout_before", ServiceTimeoutError, 0),
        ("timeout_after", ServiceTimeoutError, 1),
        ("cut_after", UnreachableError, 1),
        ("error_after", ServiceFailureError, 1),
    ],
)
def test_an_unclear_answer_is_no_answer_and_is_not_asked_again(
    publisher: ThreadsPublisher,
    hasty: ThreadsPublisher,
    fake: FakePlatform,
    clock: FakeClock,
    fault: str,
    error: type[ServiceError],
    done: int,
) -> None:
    container = publisher.create(ME, "Who knows.")
    fake.fail(fault, endpoint="publish")
    with pytest.raises(error):
        hasty.publish(ME, container)
    assert fake.counters()["calls"]["publish"] == 1
    assert len(published_by(fake)) == done
    found = publisher.find_published(ME, "Who knows.", clock.now())
    assert found == published_by(fake)
    assert publisher.status(ME, container).kind == ("published" if done else "finished")


def test_an_error_names_the_call_and_the_answer(publisher: ThreadsPublisher, fake: FakePlatform) -> None:
    fake.fail("error_500", endpoint="create")
    with pytest.raises(ServiceFailureError, match=r"POST /v1.0/26[0-9]+/threads of Threads was answered with 500"):
        publisher.create(ME, "x")


@pytest.mark.parametrize("text", ["", "x" * 501, "https://a.b https://c.d https://e.f https://g.h"])
def test_words_that_the_platform_does_not_take_are_invalid(publisher: ThreadsPublisher, text: str) -> None:
    with pytest.raises(PlatformRefusedError) as caught:
        publisher.create(ME, text)
    assert caught.value.kind == "invalid"


@pytest.mark.parametrize("container", ["../me", "a/b", "x?y=z", ""])
def test_an_id_that_is_none_is_not_asked_for(publisher: ThreadsPublisher, fake: FakePlatform, container: str) -> None:
    with pytest.raises(ServiceFailureError):
        publisher.status(ME, container)
    assert "status" not in fake.counters()["calls"]
