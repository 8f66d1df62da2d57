from datetime import UTC, datetime
from uuid import UUID

import pytest
from rich.console import Console

from muster.threads.board import dollars, is_settled, render_board, summary
from muster.threads.common.contracts import TaskView

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def task(**facts: object) -> TaskView:
    given = {
        "id": UUID(int=1),
        "persona_id": "ai-elon",
        "task_type": "create_post",
        "state": "queued",
        "topic": "rockets",
    }
    return TaskView.model_validate({**given, "created_at": NOW, "updated_at": NOW, **facts})


def drawn(*tasks: TaskView, width: int = 80) -> str:
    console = Console(width=width, record=True, file=None, color_system=None)
    with console.capture() as captured:
        console.print(render_board(tasks, console.width))
    return captured.get()


def test_a_narrow_board_cuts_texts_and_no_numbers() -> None:
    (_, row) = drawn(task(state="published", text="word " * 100, post_id=1234, cost_usd=0.5)).splitlines()
    assert row.startswith("00000000  ai-elon  published  word")
    assert row.rstrip().endswith("…  1234  $0.5000")


def test_words_of_a_model_move_no_cursor() -> None:
    assert "\x1b" not in drawn(task(text="\x1b[2Jgone"))


def test_a_task_without_words_shows_its_topic_and_no_cost() -> None:
    assert drawn(task()).splitlines()[1].split() == ["00000000", "ai-elon", "queued", "(rockets)"]


@pytest.mark.parametrize(("cost", "shown"), [(None, "?"), (0.0, "$0"), (0.01234, "$0.0123")])
def test_dollars(cost: float | None, shown: str) -> None:
    assert dollars(cost) == shown


@pytest.mark.parametrize(
    ("facts", "settled"),
    [
        ({"state": "published"}, True),
        ({"state": "deduplicated", "waits_for": "approval"}, True),
        ({"state": "approved", "waits_for": "time"}, True),
        ({"state": "unknown", "waits_for": "person"}, True),
        ({"state": "approved", "waits_for": "retry"}, False),
        ({"state": "drafted"}, False),
    ],
)
def test_settled_is_what_nothing_more_happens_to_by_itself(facts: dict[str, object], settled: bool) -> None:
    assert is_settled(task(**facts)) is settled


def test_a_summary_says_where_two_tasks_are_one_post() -> None:
    twice = [task(state="published", media_id="m"), task(state="published", media_id="m"), task(state="blocked")]
    assert summary(twice) == "2 published as 1 posts, 1 blocked"
    assert summary([task(state="published", media_id="m")]) == "1 published once each"
