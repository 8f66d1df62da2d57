from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.threads.celery_worker.decisions import (
    MOST_LOOKS,
    back_off_s,
    content_sha256,
    day_of,
    decide_budget,
    decide_refusal,
    decide_time,
    decide_twin,
    draft_problem,
    look_again_s,
    why_blocked,
)
from muster.threads.celery_worker.ports import PlatformRefusedError, Twin
from muster.threads.common.contracts import Draft, Moderation
from muster.threads.common.personas import PersonaLimits, QuietHours, Schedule, load_personas
from muster.threads.common.platform_text import compose, words_sha256

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TASK = UUID(int=1)


def a_persona(**more: object):
    calm = {"schedule": Schedule(timezone="UTC"), **more}
    return load_personas()["ai-jesus"].model_copy(update=calm)


def a_draft(hook: str = "Hook", body: str = "Body", text: str = "") -> Draft:
    moderation = Moderation(verdict="allowed", text_sha256=words_sha256(hook, body))
    return Draft(hook=hook, body=body, text=text or compose(hook, body), moderation=moderation)


@given(st.uuids(), st.integers(1, 100))
def test_a_back_off_is_bounded_and_never_nothing(task_id: UUID, attempt: int) -> None:
    assert 1 <= back_off_s(task_id, attempt) <= 600


def test_a_back_off_is_the_same_for_the_same_task_and_another_for_another() -> None:
    assert back_off_s(TASK, 3) == back_off_s(TASK, 3)
    assert len({back_off_s(UUID(int=number), 3) for number in range(100)}) > 90


def test_looking_up_ends_with_a_person() -> None:
    assert [look_again_s(TASK, looks) is None for looks in range(1, MOST_LOOKS + 1)] == [False] * 6 + [True]


def test_a_day_is_the_personas_own() -> None:
    start, end = day_of(Schedule(timezone="Pacific/Auckland"), NOON)
    assert (start, end) == (datetime(2026, 11, 21, 11, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC))


def test_a_day_on_which_clocks_change_has_its_own_length() -> None:
    start, end = day_of(Schedule(timezone="Europe/Berlin"), datetime(2026, 10, 25, 12, tzinfo=UTC))
    assert end - start == timedelta(hours=25)


@pytest.mark.parametrize(("spent", "may"), [(0.0, True), (0.99, True), (1.0, False)])
def test_a_budget_stops_the_next_post(spent: float, may: bool) -> None:
    assert (decide_budget(a_persona(limits=PersonaLimits(usd_per_day=1)), spent, NOON) is None) is may


def test_a_budget_of_nothing_lets_a_free_writer_write() -> None:
    assert decide_budget(a_persona(limits=PersonaLimits(usd_per_day=0)), 0.0, NOON) is None


def test_another_text_than_hook_and_body_is_a_problem() -> None:
    assert draft_problem(a_draft()) == ""
    assert "not its hook and body" in draft_problem(a_draft(text="Hook\n\nBody and what nobody judged"))


def test_a_text_that_is_too_long_is_a_problem() -> None:
    assert "characters" in draft_problem(a_draft(body="b" * 500))


def test_self_harm_is_not_posted() -> None:
    assert "self-harm" in why_blocked(Moderation(verdict="support", text_sha256="0"))


@pytest.mark.parametrize(
    ("twin", "state", "counts"),
    [
        (1, "published", True),
        (9, "deduplicated", True),
        (1, "moderated", True),
        (9, "moderated", False),
        (1, "failed", False),
        (1, None, False),
    ],
)
def test_which_twin_counts(twin: int, state: str | None, counts: bool) -> None:
    chosen = decide_twin(5, [Twin(twin, "meaning", 0.9)], {twin: state} if state else {})
    assert (chosen is not None) is counts


@given(st.permutations(range(5)))
def test_of_posts_that_are_alike_exactly_one_stands_in_whatever_order(order: list[int]) -> None:
    states = dict.fromkeys(range(5), "moderated")
    for post in order:
        twins = [Twin(other, "same", 1.0) for other in range(5) if other != post]
        states[post] = "duplicate" if decide_twin(post, twins, states) else "deduplicated"
    assert list(states.values()).count("deduplicated") == 1


def test_quiet_hours_move_what_waits_for_its_time() -> None:
    quiet = Schedule(timezone="UTC", quiet_hours=QuietHours(start=time(22), end=time(6)))
    later = decide_time(a_persona(schedule=quiet), NOON + timedelta(hours=11), 0, NOON)
    assert later is not None
    assert later.at == datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_a_wish_to_come_back_later_is_bounded() -> None:
    refusal = PlatformRefusedError("rate_limited", "slow down", retry_after_s=1e12)
    assert decide_refusal(TASK, 0, refusal, NOON).at - NOON == timedelta(days=1)


@pytest.mark.parametrize(("kind", "counts"), [("quota", False), ("rate_limited", False), ("token", True)])
def test_what_passes_by_itself_is_no_failure(kind: str, counts: bool) -> None:
    assert decide_refusal(TASK, 0, PlatformRefusedError(kind, "no"), NOON).counts is counts  # type: ignore[arg-type]


def test_the_same_words_are_the_same_whatever_their_signs() -> None:
    assert content_sha256("Hello,  World! 🙏") == content_sha256("hello world")
    assert content_sha256("hello world") != content_sha256("hello word")


def test_texts_without_words_are_not_all_the_same() -> None:
    assert content_sha256("🙏") != content_sha256("🚀")
