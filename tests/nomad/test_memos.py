"""Lessons, answers and preferences in the memory: stored once, without secrets, and read back as they were."""

from datetime import UTC, datetime

import pytest

from muster.core.errors import SourceError
from muster.core.memory.records import Memo
from muster.core.testing.memory import InMemoryMemory
from muster.nomad.domain.patches.check import SetCheckPath
from muster.nomad.domain.patches.task import SetEnv
from muster.nomad.memo_lines import memo_lines, read_memo_lines
from muster.nomad.memos import (
    FAILURE,
    preference_memo,
    recall_answers,
    recall_lessons,
    recall_near,
    recall_preferences,
    store_answer,
    store_lesson,
)
from nomad.domain.remembering.lessons import OOM, lesson, more

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def memory() -> InMemoryMemory:
    return InMemoryMemory()


def test_a_lesson_comes_back_as_it_was(memory: InMemoryMemory) -> None:
    assert store_lesson(memory, lesson(more(512)))
    assert recall_lessons(memory, "prod") == (lesson(more(512)),)


def test_storing_the_same_attempt_again_stores_nothing(memory: InMemoryMemory) -> None:
    store_lesson(memory, lesson(more(512)))
    assert not store_lesson(memory, lesson(more(512)))
    assert len(memory.all()) == 1


def test_a_lesson_that_another_run_confirms_is_kept_once_and_newly(memory: InMemoryMemory) -> None:
    store_lesson(memory, lesson(more(512)))
    store_lesson(memory, lesson(more(512), minutes=7))
    assert recall_lessons(memory, "prod") == (lesson(more(512), minutes=7),)


def test_what_is_learnt_on_one_real_cluster_is_known_on_another_and_not_in_a_simulation(memory: InMemoryMemory) -> None:
    store_lesson(memory, lesson(more(512)))
    store_lesson(memory, lesson(more(256), cluster="embedded", minutes=1))
    assert [one.cluster for one in recall_lessons(memory, "edge")] == ["prod"]
    assert [one.cluster for one in recall_lessons(memory, "embedded")] == ["embedded"]


def test_the_same_failure_of_another_application_is_near(memory: InMemoryMemory) -> None:
    store_lesson(memory, lesson(more(512)))
    summary = "api/api was killed at its limit of 64 MB (exit code 137) after 9 restarts"
    other = OOM.model_copy(update={"summary": summary, "group": "api", "task": "api"})
    (near,) = recall_near(memory, other, "prod")
    assert near.nearness > 0.8


@pytest.mark.parametrize(
    "patch",
    [
        SetEnv(group="web", task="app", name="DB_PASSWORD", value="correct horse"),
        SetEnv(group="web", task="app", name="MODE", value=TOKEN),
        SetCheckPath(group="web", service="web", path=f"/health?token={TOKEN}"),
    ],
    ids=lambda patch: patch.kind,
)
def test_a_patch_with_a_secret_is_not_stored(memory: InMemoryMemory, patch: SetEnv | SetCheckPath) -> None:
    assert not store_lesson(memory, lesson(patch))
    assert memory.all() == ()


def test_what_is_no_lesson_is_passed_over(memory: InMemoryMemory) -> None:
    memory.remember(Memo(kind=FAILURE, scope="*", text="memory: older", data={"patch": "other"}, at=NOON))
    assert recall_lessons(memory, "prod") == ()
    assert recall_near(memory, OOM, "prod") == ()


def test_an_answer_replaces_the_earlier_one_and_is_one_applications(memory: InMemoryMemory) -> None:
    assert store_answer(memory, "prod", "shop", "shop.count", 2, NOON)
    assert store_answer(memory, "prod", "shop", "shop.count", 3, NOON)
    assert not store_answer(memory, "prod", "shop", "shop.count", 3, NOON)
    assert recall_answers(memory, "prod", "shop") == {"shop.count": 3}
    assert recall_answers(memory, "prod", "other") == {}
    assert recall_answers(memory, "edge", "shop") == {}


def test_an_answer_with_a_secret_is_not_stored(memory: InMemoryMemory) -> None:
    assert not store_answer(memory, "prod", "shop", "shop.image", TOKEN, NOON)
    assert memory.all() == ()


def test_an_answer_that_no_question_could_take_is_passed_over(memory: InMemoryMemory) -> None:
    memory.remember(Memo(kind="answer", scope="prod", text="x", data={"job": "shop", "answer": [[1]]}, at=NOON))
    assert recall_answers(memory, "prod", "shop") == {}


def test_a_preference_is_of_its_cluster(memory: InMemoryMemory) -> None:
    memory.remember(preference_memo("always  amd64\n", "prod", NOON))
    assert recall_preferences(memory, "prod") == ("always amd64",)
    assert recall_preferences(memory, "edge") == ()


def test_lines_come_back_as_the_memos_they_were(memory: InMemoryMemory) -> None:
    store_lesson(memory, lesson(more(512)))
    memory.remember(preference_memo("always amd64", "prod", NOON))
    read = read_memo_lines(memo_lines(memory.all()), "memories.jsonl")
    assert [one.model_copy(update={"id": ""}) for one in memory.all()] == list(read)


def test_bad_lines_are_named_by_their_numbers_and_not_quoted() -> None:
    good = memo_lines([preference_memo("always amd64", "prod", NOON)])
    forged = Memo(kind=FAILURE, scope="*", text="memory: x", data={"patch": {"kind": "run_this"}}, at=NOON)
    odd = Memo(kind="answer", scope="prod", text="x", data={"question": "q", "answer": [[1]]}, at=NOON)
    text = good + f"{TOKEN}\n\n" + memo_lines([forged, odd])
    with pytest.raises(
        SourceError, match=r"m\.jsonl:2: .*\n.*m\.jsonl:4: data: no repair.*\n.*m\.jsonl:5: data: no answer"
    ) as refused:
        read_memo_lines(text, "m.jsonl")
    assert TOKEN not in str(refused.value)


def test_secrets_are_taken_out_of_lines() -> None:
    (read,) = read_memo_lines(memo_lines([preference_memo(f"use {TOKEN}", "prod", NOON)]), "m.jsonl")
    assert TOKEN not in read.text
