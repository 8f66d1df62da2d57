"""Twins by words and by meaning; and of two alike at the same time one stays, whatever the order."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import combinations
from threading import Barrier, Lock
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.core.memory.embeddings import HashingEmbedder
from muster.threads.celery_worker.decisions import decide_twin
from muster.threads.celery_worker.dedup.post_vectors import PostVectors
from muster.threads.celery_worker.dedup.qdrant_twins import MEANING, QdrantTwins, open_twins
from muster.threads.celery_worker.ports import PostRef, PostText, Twin
from muster.threads.common.settings import ThreadsSettings
from muster.threads.common.states import TaskState

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
POST = "Rest is not a reward. You do not have to earn a Sunday. Put the list down."
LONGER = f"{POST} Put the list down: rest is not a reward, you do not have to earn it."
OTHER = "Count landings, not hours. A plan without a deadline is a mood."


@pytest.fixture
def persona() -> str:
    return uuid4().hex


def post(persona: str, number: int, text: str = POST, at: datetime = NOON) -> PostRef:
    return PostRef(number, persona, text, at)


def test_the_first_post_has_no_twin(twins: QdrantTwins, persona: str) -> None:
    assert twins.find(post(persona, 1), []) == ()


def test_a_post_is_not_its_own_twin(twins: QdrantTwins, persona: str) -> None:
    for _ in range(2):
        assert twins.find(post(persona, 1), [PostText(1, POST)]) == ()


def test_a_post_of_the_same_meaning_is_named(twins: QdrantTwins, persona: str) -> None:
    twins.find(post(persona, 1), [])
    twins.find(post(persona, 2, OTHER), [])
    assert [(twin.post_id, twin.how) for twin in twins.find(post(persona, 3, LONGER), [])] == [(1, "meaning")]


def test_a_near_copy_is_named_once_and_first(twins: QdrantTwins, persona: str) -> None:
    twins.find(post(persona, 1, LONGER), [])
    twins.find(post(persona, 2), [])
    found = twins.find(post(persona, 3, f"{POST} Rest."), [PostText(2, POST)])
    assert [(twin.post_id, twin.how) for twin in found] == [(2, "near"), (1, "meaning")]


def test_a_forgotten_post_is_no_twin(twins: QdrantTwins, persona: str) -> None:
    twins.find(post(persona, 1), [])
    twins.forget(persona, 1)
    assert twins.find(post(persona, 2), []) == ()


def test_after_ninety_days_it_may_be_said_again(twins: QdrantTwins, persona: str) -> None:
    twins.find(post(persona, 1), [])
    assert twins.find(post(persona, 2, at=NOON + timedelta(days=91)), []) == ()


def test_old_vectors_are_dropped_when_another_day_begins(
    twins: QdrantTwins, vectors: PostVectors, persona: str
) -> None:
    twins.find(post(persona, 1), [])
    twins.find(post(persona, 2, OTHER, NOON + timedelta(days=91)), [])
    vector = HashingEmbedder().embed(POST)
    assert vectors.nearest(persona, vector, since=NOON - timedelta(days=1), at_least=0.5) == {}


def test_the_embedded_qdrant_is_asked_where_no_other_is_named(qdrant: str, persona: str) -> None:
    opened = open_twins(ThreadsSettings(qdrant_url=qdrant), "hashing")
    assert opened.find(post(persona, 1), []) == ()
    opened.close()


def survivors(twins: QdrantTwins, posts: Sequence[PostRef]) -> set[int]:
    """Posts that are compared at the same time, each decided when its search is done, one decision at a time."""
    states: dict[int, TaskState] = {one.id: "moderated" for one in posts}
    turn, start = Lock(), Barrier(len(posts))

    def compare(one: PostRef) -> None:
        start.wait(10)
        found: tuple[Twin, ...] = twins.find(one, [])
        with turn:
            states[one.id] = "duplicate" if decide_twin(one.id, found, states) else "deduplicated"

    with ThreadPoolExecutor(len(posts)) as pool:
        list(pool.map(compare, posts))
    return {post_id for post_id, state in states.items() if state == "deduplicated"}


def test_of_posts_alike_at_the_same_time_exactly_one_stays(twins: QdrantTwins) -> None:
    for _ in range(10):
        persona = uuid4().hex
        assert len(survivors(twins, [post(persona, number) for number in range(1, 9)])) == 1


@settings(max_examples=30, deadline=None)
@given(order=st.permutations([one for number in (1, 2, 3) for one in (number, number)]))
def test_of_two_alike_one_sees_the_other_in_every_order(qdrant: str, order: list[int]) -> None:
    """Each keeps first and searches then; the orders are all that threads could make of it."""
    vectors, persona, vector = PostVectors(qdrant, embedder="hashing"), uuid4().hex, HashingEmbedder().embed(POST)
    seen: dict[int, set[int]] = {}
    kept: set[int] = set()
    for number in order:
        if number in kept:
            found = vectors.nearest(persona, vector, since=NOON, at_least=MEANING["hashing"])
            seen[number] = set(found) - {number}
        else:
            vectors.keep(persona, number, vector, NOON)
            kept.add(number)
    vectors.close()
    assert all(one in seen[other] or other in seen[one] for one, other in combinations(seen, 2))
