import io

from rich.console import Console

from muster.core.gates.questions import Form
from muster.core.runs.events import EventKind, RunEvent
from muster.core.runs.listening import Asked, Happening, NodeFinished, NodeStarted, Progress, Waiting
from muster.core.runs.terminal_view import TerminalView
from muster.core.testing.clock import FakeClock


def event(kind: EventKind, text: str, detail: str = "") -> RunEvent:
    return RunEvent(at=FakeClock().now(), node="act", kind=kind, text=text, detail=detail)


def shown(*happenings: Happening, verbose: bool = False, terminal: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=30, force_terminal=terminal, _environ={"TERM": "xterm"})
    view = TerminalView(console, verbose=verbose)
    for happening in happenings:
        view(happening)
    view.close()
    return out.getvalue()


def test_each_event_is_a_line_with_its_detail_below() -> None:
    text = shown(NodeFinished("act", {"events": [event("acted", "registered", "+ one\n- two"), event("failed", "no")]}))
    assert text == "* registered\n    + one\n    - two\nx no\n"


def test_long_lines_are_not_broken_in_a_pipe() -> None:
    assert shown(NodeFinished("act", {"events": [event("acted", "x" * 100)]})) == f"* {'x' * 100}\n"


def test_steps_are_named_when_verbose_only() -> None:
    assert shown(NodeStarted("act")) == ""
    assert shown(NodeStarted("act"), verbose=True) == "  act\n"


def test_progress_in_a_pipe_is_printed_as_it_changes() -> None:
    text = shown(Progress("act", {"lines": ["a", "b"]}), Progress("act", {"lines": ["a", "c"]}))
    assert text == "a\nb\nc\n"


def test_progress_in_a_terminal_goes_away_when_the_step_ends() -> None:
    text = shown(Progress("act", {"lines": ["working"]}), Asked(Form(title="T", questions=[])), terminal=True)
    assert "working" in text
    assert text.endswith("\x1b[?25h\x1b[1A\x1b[2K") or "\x1b[2K" in text.split("working")[-1]


def test_a_wait_turns_in_a_terminal_and_goes_away() -> None:
    text = shown(Waiting("Qwen works, 1 s"), Waiting("Qwen works, 2 s"), Waiting(""), terminal=True)
    assert "⠋" in text
    assert "Qwen works, 1 s" in text
    assert "Qwen works, 2 s" in text
    assert text.endswith("\x1b[?25h\x1b[1A\x1b[2K") or "\x1b[2K" in text.split("2 s")[-1]


def test_a_wait_is_not_told_to_a_pipe() -> None:
    assert shown(Waiting("Qwen works, 1 s"), Waiting("")) == ""


def about(preview: str) -> Asked:
    return Asked(Form(title="T", questions=[], preview=preview))


def test_what_a_form_is_about_is_shown() -> None:
    assert shown(about("+ one\n")) == "    + one\n"


def test_what_a_form_is_about_is_not_told_twice() -> None:
    planned = NodeFinished("act", {"events": [event("observed", "planned", "+ one"), event("warned", "old")]})
    assert shown(planned, about("+ one")).count("+ one") == 1


def test_a_detail_that_is_cut_says_so_and_is_shown_whole_where_a_form_is_about_it() -> None:
    text = "\n".join(f"line {number}" for number in range(500))
    told = shown(NodeFinished("act", {"events": [event("observed", "planned", text)]}), about(text))
    assert "(100 more lines are in the report)" in told
    assert "line 499" in told


def test_what_it_does_not_know_it_leaves_out() -> None:
    assert shown(Progress("act", "half way"), Progress("act", {"other": 1}), NodeFinished("act", {})) == ""


def test_texts_are_redacted_and_cannot_move_the_cursor() -> None:
    text = shown(
        NodeFinished("act", {"events": [event("failed", "token=abcdefgh \x1b[2J", "[red]\x1b]0;x\x07")]}),
        Progress("act", {"lines": ["password=hunter22\x1b[H"]}),
        about("\x1b]0;title\x07"),
    )
    assert "abcdefgh" not in text
    assert "hunter22" not in text
    assert "\x1b" not in text
    assert "[red]" in text


def test_a_share_is_a_bar_in_a_terminal() -> None:
    assert "━" in shown(Progress("act", {"lines": ["half"], "share": 0.5}), terminal=True)


def test_there_is_no_bar_in_a_pipe() -> None:
    assert shown(Progress("act", {"lines": ["half"], "share": 0.5})) == "half\n"


def test_a_passing_line_is_not_printed_to_a_pipe() -> None:
    assert shown(Progress("act", {"lines": ["12 s"], "passing": True})) == ""


def test_a_passing_line_is_shown_in_a_terminal() -> None:
    assert "12 s" in shown(Progress("act", {"lines": ["12 s"], "passing": True}), terminal=True)


def test_the_bar_has_a_line_of_its_own() -> None:
    bar = shown(Progress("act", {"lines": ["half"], "share": 0.5}), terminal=True).splitlines()[0]
    assert "half" not in bar
