from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from muster.core.agent import Section
from muster.core.runs.events import EventKind, RunEvent
from muster.core.runs.journal import Entry
from muster.core.runs.report import Account, next_step, render_report, summary_line
from muster.core.runs.row import RunRow, Status

NOW = datetime(2026, 11, 21, 4, 11, 37, tzinfo=UTC)
ROW = RunRow(
    id="r1", agent="sample", version="1.2", intent="pack | it", cwd="/srv", options={"size": 3, "dry": False},
    status="failed", note="no room", created_at=NOW, updated_at=NOW,
)  # fmt: skip


def event(kind: EventKind, text: str = "it", detail: str = "") -> RunEvent:
    return RunEvent(at=NOW, node="act", kind=kind, text=text, detail=detail)


def report(*events: RunEvent, entries: tuple[Entry, ...] = (), sections: tuple[Section, ...] = ()) -> str:
    return render_report(Account(ROW, entries, events, sections))


def test_the_first_lines_say_what_and_how_it_ended() -> None:
    lines = report().splitlines()
    assert lines[0] == "# pack | it"
    assert lines[2] == "**failed: no room**"
    assert "| asked for | pack \\| it |" in lines
    assert "| options | size=3 |" in lines


def test_a_note_that_begins_with_the_status_is_not_told_twice() -> None:
    assert summary_line(ROW.model_copy(update={"note": "failed: no room"})) == "failed: no room"
    assert summary_line(ROW.model_copy(update={"note": "failed builds"})) == "failed: failed builds"
    assert summary_line(ROW.model_copy(update={"note": ""})) == "failed"


def test_an_empty_answer_is_shown_as_nothing() -> None:
    entry = Entry(at=NOW, kind="answered", data={"answers": {"route": "", "advice": None, "port": 0}})
    text = report(entries=(entry,))
    assert "answered `route`: nothing\n  - answered `advice`: nothing\n  - answered `port`: 0" in text


def test_empty_sections_are_left_out() -> None:
    assert [line for line in report().splitlines() if line.startswith("##")] == ["## What to do next"]


@pytest.mark.parametrize("kind", [kind for kind in get_args(EventKind) if kind not in ("asked", "answered")])
def test_every_kind_of_event_has_a_place(kind: EventKind) -> None:
    assert "something odd" in report(event(kind, "something odd"))


def test_details_are_fenced_whatever_they_hold() -> None:
    text = report(event("failed", "see", "log ``` line\n# not a heading"))
    assert "````text\n  log ``` line\n  # not a heading\n  ````" in text


def test_an_event_is_one_line_whatever_its_text() -> None:
    assert "- 04:11:37 `act` one two" in report(event("acted", "one\n\ntwo"))


def test_questions_and_answers_are_told_in_order() -> None:
    form: dict[str, Any] = {"questions": [{"id": "port", "text": "Which port?", "reason": "EXPOSE is missing"}]}
    entries = (
        Entry(at=NOW, kind="asked", text="Ports", data={"form": form}),
        Entry(at=NOW, kind="answered", data={"answers": {"port": 80, "on": True, "env": {"A": "b"}, "x": [], "y": {}}}),
    )
    text = report(entries=entries)
    assert "  - asked `port`: Which port? (EXPOSE is missing)\n  - answered `port`: 80\n  - answered `on`: yes" in text
    assert "answered `env`: A=b\n  - answered `x`: none\n  - answered `y`: none" in text


def test_the_agents_sections_come_first() -> None:
    text = report(event("decided"), sections=(Section("Spec", "one"), Section("Cost", "two")))
    order = [line for line in text.splitlines() if line.startswith("## ")]
    assert order == ["## Spec", "## Cost", "## Decisions", "## What to do next"]


def test_the_whole_report_is_redacted() -> None:
    text = report(event("found", "postgres://u:hunter22@db"), sections=(Section("S", "token: abcdefgh"),))
    assert "hunter22" not in text
    assert "abcdefgh" not in text


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_says_what_to_do_next(status: Status) -> None:
    assert next_step(ROW.model_copy(update={"status": status}))


def test_a_run_that_reached_a_bad_end_is_not_offered_to_be_resumed() -> None:
    assert "muster runs resume" in next_step(ROW.model_copy(update={"status": "failed"}))
    ended = next_step(ROW.model_copy(update={"status": "failed", "done": True}))
    assert "muster runs resume" not in ended
    assert ended.endswith("Remove the cause, then run the command again.")
