from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import NoAnswerError, UsageError
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
from muster.core.gates.validate import Accepted, Rejected, check_answer, default_answer, validate_answers

IMAGE = TextQuestion(id="image", text="Image?", pattern=r"[a-z/:.0-9-]+")
NOTE = TextQuestion(id="note", text="Note?", default="")
MODE = ChoiceQuestion(id="mode", text="Mode?", choices=[Choice(value="host", label="Host net"), Choice(value="bridge")])
PARTS = MODE.model_copy(update={"id": "parts", "multiple": True})
KEEP = ConfirmQuestion(id="keep", text="Keep?")
COUNT = NumberQuestion(id="count", text="How many?", default=1, minimum=1, maximum=9, unit="copies")
ENV = TableQuestion(
    id="env", text="Env?", rows=[Row(key="PORT", value="80"), Row(key="URL"), Row(key="DEBUG", optional=True)]
)


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        (IMAGE, " app:1 ", "app:1"),
        (IMAGE, 3.11, "3.11"),
        (NOTE, "", ""),
        (MODE, "host", ["host"]),
        (MODE, "Host net", ["host"]),
        (MODE, ["bridge"], ["bridge"]),
        (PARTS, ["bridge", "host", "bridge"], ["bridge", "host"]),
        (KEEP, True, True),
        (KEEP, "No", False),
        (KEEP, "y", True),
        (COUNT, 9, 9),
        (COUNT, " 2 ", 2),
        (ENV, {"URL": "x"}, {"PORT": "80", "URL": "x"}),
        (ENV, {"PORT": 8080, "URL": True, "DEBUG": 0}, {"PORT": "8080", "URL": "true", "DEBUG": "0"}),
    ],
)
def test_a_good_answer_gets_the_questions_own_type(question: Question, raw: object, value: Any) -> None:
    assert check_answer(question, raw) == Accepted(value)


@pytest.mark.parametrize(
    ("question", "raw", "problem"),
    [
        (IMAGE, "", "needs an answer"),
        (IMAGE, "APP", "must match"),
        (IMAGE, True, "must be a text"),
        (IMAGE, ["a"], "must be a text"),
        (MODE, "hots", "did you mean 'host'"),
        (MODE, ["host", "bridge"], "exactly one"),
        (MODE, True, "one of the choices"),
        (PARTS, [], "at least one"),
        (PARTS, {"a": 1}, "list of choices"),
        (KEEP, "maybe", "yes or no"),
        (KEEP, 1, "yes or no"),
        (COUNT, 0, "at least 1"),
        (COUNT, "10", "at most 9"),
        (COUNT, "two", "whole number of copies"),
        (COUNT, True, "whole number"),
        (COUNT, 1.5, "whole number"),
        (COUNT, "9" * 5000, "whole number"),
        (ENV, {}, "needs a value for URL"),
        (ENV, {"URL": "x", "PROT": "1"}, "did you mean 'PORT'"),
        (ENV, "URL=x", "table"),
    ],
)
def test_a_bad_answer_says_what_is_wrong(question: Question, raw: object, problem: str) -> None:
    rejected = check_answer(question, raw)
    assert isinstance(rejected, Rejected)
    assert problem in rejected.problem


@pytest.mark.parametrize("question", [IMAGE, NOTE, MODE, PARTS, KEEP, COUNT, ENV])
@given(
    raw=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
        max_leaves=5,
    )
)
def test_no_raw_answer_is_a_traceback_and_what_is_accepted_is_stable(question: Question, raw: object) -> None:
    checked = check_answer(question, raw)
    if isinstance(checked, Accepted):
        assert check_answer(question, checked.value) == checked


def test_defaults_are_taken_where_there_are_any() -> None:
    assert default_answer(COUNT) == Accepted(1)
    assert isinstance(default_answer(KEEP), Rejected)
    assert isinstance(default_answer(ENV), Rejected)


def test_a_forms_answers_are_complete_and_typed() -> None:
    answers = validate_answers(
        Form(title="T", questions=[IMAGE, MODE, PARTS, KEEP, COUNT, ENV]),
        {"image": "a", "mode": "host", "parts": ["host"], "keep": "yes", "env": {"URL": "u"}},
    )
    assert (answers.text("image"), answers.choice("mode"), answers.chosen("parts")) == ("a", "host", ["host"])
    assert (answers.confirmed("keep"), answers.number("count")) == (True, 1)
    assert answers.table("env") == {"PORT": "80", "URL": "u"}
    with pytest.raises(TypeError):
        answers.number("image")


def test_all_problems_of_a_form_are_named_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        validate_answers(Form(title="T", questions=[KEEP, COUNT]), {"cuont": 3, "count": 0})
    for text in ("did you mean 'count'", "at least 1", "keep (Keep?) has no safe default"):
        assert text in caught.value.message


def test_missing_answers_alone_are_a_matter_of_nobody_to_ask() -> None:
    with pytest.raises(NoAnswerError, match=r"keep \(Keep\?\)"):
        validate_answers(Form(title="T", questions=[KEEP, COUNT]), {})


@pytest.mark.parametrize("raw", [[["deep"]], ["a", None], "\ud800"])
def test_what_no_checkpoint_should_hold_is_no_answer(raw: object) -> None:
    assert isinstance(check_answer(PARTS, raw), Rejected)
    assert isinstance(check_answer(TextQuestion(id="t", text="T?"), raw), Rejected)
    assert isinstance(check_answer(ENV, {"URL": raw}), Rejected)


def test_a_row_with_a_pattern_refuses_what_does_not_match_and_never_quotes_it() -> None:
    row = Row(key="KEY", optional=True, pattern=r"vault:\w+", like="vault:PATH")
    table = TableQuestion(id="env", text="Env?", rows=[row])
    assert check_answer(table, {"KEY": "hunter2"}) == Rejected("KEY must look like vault:PATH")
    assert check_answer(table, {"KEY": " vault:app "}) == Accepted({"KEY": " vault:app "})
    assert check_answer(table, {"KEY": ""}) == Accepted({"KEY": ""})
