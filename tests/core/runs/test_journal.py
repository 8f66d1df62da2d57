from pathlib import Path

from muster.core.gates.questions import Form
from muster.core.runs.events import RunEvent
from muster.core.runs.journal import Journal
from muster.core.runs.listening import Asked, NodeFinished, NodeStarted, Progress
from muster.core.testing.clock import FakeClock


def event(text: str) -> RunEvent:
    return RunEvent(at=FakeClock().now(), node="act", kind="acted", text=text)


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", FakeClock())
    assert journal.entries() == ()
    journal.write("started", "first")
    journal.write("finished", "second", {"ok": True})
    assert [(entry.kind, entry.text, entry.data) for entry in journal.entries()] == [
        ("started", "first", {}),
        ("finished", "second", {"ok": True}),
    ]


def test_steps_events_and_progress_are_written_down(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", FakeClock())
    journal(NodeStarted("act"))
    journal(Progress("act", event("at it")))
    journal(Progress("act", "not for the journal"))
    journal(NodeFinished("act", {"events": [event("done")]}))
    journal(Asked(Form(title="T", questions=[])))
    assert [(entry.kind, entry.text) for entry in journal.entries()] == [
        ("node", "act"),
        ("progress", "at it"),
        ("event", "done"),
    ]


def test_a_line_cut_short_by_a_crash_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", FakeClock())
    journal.write("started")
    with (tmp_path / "j").open("a") as file:
        file.write('{"at": "20')
    assert [entry.kind for entry in journal.entries()] == ["started"]


def test_secrets_do_not_reach_the_journal_whatever_their_place(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", FakeClock())
    journal.write(
        "answered",
        "token=hunter2-hunter2",
        {
            "answers": {"env": {"API_TOKEN": "hunter2-hunter2", "PORT": "80"}},
            "form": {"rows": [{"key": "DB_PASSWORD", "value": "hunter2-hunter2"}]},
            "list": ["postgres://u:hunter2-hunter2@db"],
        },
    )
    text = (tmp_path / "j").read_text()
    assert "hunter2" not in text
    assert '"PORT":"80"' in text
