import io

import pytest
from rich.console import Console

from muster.core.errors import QuitError, UsageError
from muster.core.gates.draft import Draft
from muster.core.gates.questions import (
    Choice,
    ChoiceQuestion,
    ConfirmQuestion,
    Form,
    NumberQuestion,
    Question,
    Row,
    TableQuestion,
    TextQuestion,
)
from muster.core.gates.terminal import TerminalFront

MODE = ChoiceQuestion(
    id="mode", text="Mode?", choices=[Choice(value="host", label="Host"), Choice(value="bridge")], default=["bridge"]
)
ENV = TableQuestion(
    id="env",
    text="Env?",
    rows=[Row(key="PORT", value="80", where=".env.example:2"), Row(key="URL"), Row(key="DEBUG", optional=True)],
)
PLACES = TableQuestion(
    id="env",
    text="Env?",
    rows=[Row(key="web.KEY"), Row(key="db.KEY", value="d"), Row(key="db.URL", pattern="vault:.*", like="vault:PATH")],
)


def asked(question: Question, typed: str) -> tuple[object, str]:
    out = io.StringIO()
    front = TerminalFront(Console(file=out, width=200), io.StringIO(typed))
    return front.ask(Form(title="Title", questions=[question]), Draft())[question.id], out.getvalue()


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        (TextQuestion(id="t", text="?"), "app\n", "app"),
        (TextQuestion(id="t", text="?", default="d"), "\n", "d"),
        (TextQuestion(id="t", text="?", default=""), "\n", ""),
        (TextQuestion(id="t", text="?"), "\n \nlast", "last"),
        (NumberQuestion(id="n", text="?", default=3), "\n", 3),
        (NumberQuestion(id="n", text="?", minimum=1), "0\nx\n5\n", 5),
        (ConfirmQuestion(id="c", text="?", default=True), "\n", True),
        (ConfirmQuestion(id="c", text="?"), "\nn\n", False),
        (MODE, "\n", ["bridge"]),
        (MODE, "1\n", ["host"]),
        (MODE, "bridge\n", ["bridge"]),
        (MODE, "7\nhost\n", ["host"]),
        (MODE.model_copy(update={"multiple": True}), "1, 2\n", ["host", "bridge"]),
        (ENV, "URL=a=b\n\n", {"PORT": "80", "URL": "a=b"}),
        (ENV, "2=x\n1 = 8080\nDEBUG=1\n\n", {"PORT": "8080", "URL": "x", "DEBUG": "1"}),
        (ENV, "1=81\n\nURL=u\n\n", {"PORT": "81", "URL": "u"}),
        (ENV, "nonsense\nPROT=1\nURL=u\n\n", {"PORT": "80", "URL": "u"}),
        (
            PLACES,
            "KEY=a\nURL=hunter2\nURL=vault:b\nweb.KEY=c\n\n",
            {"web.KEY": "c", "db.KEY": "d", "db.URL": "vault:b"},
        ),
    ],
)
def test_typed_lines_become_answers(question: Question, typed: str, answer: object) -> None:
    assert asked(question, typed)[0] == answer


def test_what_was_answered_before_is_shown_and_not_asked() -> None:
    out = io.StringIO()
    first, second = NumberQuestion(id="a", text="First?"), TextQuestion(id="b", text="Second?")
    front = TerminalFront(Console(file=out, width=200), io.StringIO("late\n"))
    assert front.ask(Form(title="T", questions=[first, second]), Draft({"a": 3})) == {"a": 3, "b": "late"}
    assert "[1/2] First?\n    > 3 (answered before)" in out.getvalue()


def test_each_answer_is_kept_before_the_next_question_is_asked() -> None:
    kept: list[dict[str, object]] = []
    questions: list[Question] = [TextQuestion(id="a", text="?"), TextQuestion(id="b", text="?")]
    front = TerminalFront(Console(file=io.StringIO()), io.StringIO("x\nquit\n"))
    with pytest.raises(QuitError):
        front.ask(Form(title="T", questions=questions), Draft(save=lambda answers: kept.append(dict(answers))))
    assert kept == [{"a": "x"}]


def test_a_question_shows_its_reason_provenance_default_and_place_in_the_form() -> None:
    question = NumberQuestion(
        id="port", text="Which port?", reason="EXPOSE says so", where="Dockerfile:7", default=80, minimum=1, maximum=99
    )
    shown = asked(question, "\n")[1]
    for text in ("Title", "[1/1] Which port?", "EXPOSE says so (Dockerfile:7)", "1 to 99 [80]"):
        assert text in shown


def test_a_bad_answer_says_why_and_asks_again() -> None:
    shown = asked(NumberQuestion(id="n", text="?", maximum=5), "9\n1\n")[1]
    assert "The answer must be at most 5." in shown


def test_a_pattern_is_told_by_what_fits_it() -> None:
    shown = asked(TextQuestion(id="t", text="?", pattern="[a-z]+:[0-9]+", like="name:tag"), "app\napp:1\n")[1]
    assert "The answer must look like name:tag, and 'app' does not." in shown


def test_a_row_that_does_not_fit_is_told_at_once_and_not_shown() -> None:
    shown = asked(PLACES, "URL=hunter2\nURL=vault:a\nweb.KEY=x\n\n")[1]
    assert "row db.URL must look like vault:PATH" in shown
    assert "hunter2" not in shown


def test_bytes_that_are_no_text_are_an_error_that_says_so() -> None:
    front = TerminalFront(Console(file=io.StringIO()), io.TextIOWrapper(io.BytesIO(b"\xff\n"), "utf-8"))
    with pytest.raises(UsageError, match="no UTF-8"):
        front.ask(Form(title="T", questions=[TextQuestion(id="t", text="?")]), Draft())


def test_a_pipe_that_never_answers_is_not_asked_for_ever() -> None:
    with pytest.raises(UsageError, match="no usable answer to n in 10 tries"):
        asked(NumberQuestion(id="n", text="?"), "y\n" * 1000)
    with pytest.raises(UsageError, match="no usable answer to env"):
        asked(ENV, "y\n" * 1000)


def test_the_end_of_a_pipe_says_how_to_do_without_it() -> None:
    with pytest.raises(QuitError, match="the input ended") as left:
        asked(MODE, "")
    assert "--no-questions" in left.value.advice


def test_choices_are_numbered_in_a_pipe_and_the_default_marked() -> None:
    shown = asked(MODE, "\n")[1]
    assert "1) Host\n" in shown
    assert "2) bridge (default)" in shown


def test_a_table_shows_where_values_come_from_and_what_is_missing() -> None:
    shown = asked(ENV, "URL=u\n\n")[1]
    assert ".env.example:2" in shown
    assert "(needs a value)" in shown
    assert "(not set)" in shown


@pytest.mark.parametrize("typed", ["quit\n", " QUIT \n", ""])
@pytest.mark.parametrize(
    "question",
    [TextQuestion(id="t", text="?"), MODE, ENV, ConfirmQuestion(id="c", text="?"), NumberQuestion(id="n", text="?")],
)
def test_quit_and_the_end_of_input_leave_at_any_prompt(question: Question, typed: str) -> None:
    with pytest.raises(QuitError) as caught:
        asked(question, typed)
    assert caught.value.exit_code == 130


class CtrlC(io.StringIO):
    def readline(self, size: int | None = -1, /) -> str:
        raise KeyboardInterrupt


def test_ctrl_c_at_a_prompt_leaves_too() -> None:
    front = TerminalFront(Console(file=io.StringIO()), CtrlC())
    with pytest.raises(QuitError):
        front.ask(Form(title="T", questions=[MODE]), Draft())


def test_texts_from_elsewhere_cannot_move_the_cursor() -> None:
    question = TextQuestion(id="t", text="\x1b[2Jgone?", reason="\x9b31m [red]x[/red]", default="\x07")
    shown = asked(question, "\n")[1]
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "[red]x[/red]" in shown
