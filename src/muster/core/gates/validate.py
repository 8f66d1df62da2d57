"""Turns raw answers (typed text, YAML) into valid ones, or says what is wrong with each. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import cast

from muster.core.errors import NoAnswerError, UsageError
from muster.core.gates.questions import (
    Answers,
    AnswerValue,
    ChoiceQuestion,
    ConfirmQuestion,
    Form,
    NumberQuestion,
    Question,
    Row,
    TableQuestion,
    TextQuestion,
)

_YES = frozenset({"y", "yes", "true", "on", "1"})
_NO = frozenset({"n", "no", "false", "off", "0"})


@dataclass(frozen=True)
class Accepted:
    """The answer, in the question's own type."""

    value: AnswerValue


@dataclass(frozen=True)
class Rejected:
    """Why it is no answer: a clause that can follow the question's id."""

    problem: str


def check_answer(question: Question, raw: object) -> Accepted | Rejected:
    """One answer, from text or from typed data."""
    match question:
        case TextQuestion():
            return _check_text(question, raw)
        case ChoiceQuestion():
            return _check_choice(question, raw)
        case ConfirmQuestion():
            return _check_confirm(raw)
        case NumberQuestion():
            return _check_number(question, raw)
        case TableQuestion():
            return _check_table(question, raw)


def default_answer(question: Question) -> Accepted | Rejected:
    """What is taken when nobody is asked; rejected where the question has no safe default."""
    match question:
        case TableQuestion():
            return _check_table(question, {})
        case TextQuestion() | ChoiceQuestion() | ConfirmQuestion() | NumberQuestion():
            if question.default is None:
                return Rejected("has no safe default")
            return check_answer(question, question.default)


def validate_answers(form: Form, raw: Mapping[str, object]) -> Answers:
    """All answers of a form; what is left out takes its default.

    Raises UsageError naming every bad or unknown answer, NoAnswerError when all that is wrong is missing answers.
    """
    questions = {question.id: question for question in form.questions}
    problems = [unknown_name(key, questions, "question") for key in raw if key not in questions]
    missing: list[str] = []
    answers = Answers()
    for name, question in questions.items():
        checked = check_answer(question, raw[name]) if name in raw else default_answer(question)
        match checked:
            case Accepted(value=value):
                answers[name] = value
            case Rejected(problem=problem):
                (problems if name in raw else missing).append(f"{name} ({question.text}) {problem}")
    _refuse(form, problems, missing)
    return answers


def unknown_name(name: str, known: Iterable[str], kind: str) -> str:
    """A clause that says so, with the nearest known name."""
    near = get_close_matches(name, list(known), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{name!r} is no {kind}{hint}"


def _refuse(form: Form, problems: list[str], missing: list[str]) -> None:
    if problems:
        raise UsageError(f"{form.title}: " + "; ".join(problems + missing), advice="Correct the answers and try again.")
    if missing:
        raise NoAnswerError(
            f"{form.title}: " + "; ".join(missing),
            advice="Answer at the terminal, or give an answers file with --answers.",
        )


def _check_text(question: TextQuestion, raw: object) -> Accepted | Rejected:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float) or not _can_be_stored(str(raw)):
        return Rejected("must be a text")
    text = str(raw).strip()
    if not text and question.default != "":
        return Rejected("needs an answer")
    if question.pattern is not None and not re.fullmatch(question.pattern, text):
        must = f"look like {question.like}" if question.like else f"match {question.pattern}"
        return Rejected(f"must {must}, and {text!r} does not")
    return Accepted(text)


def _check_choice(question: ChoiceQuestion, raw: object) -> Accepted | Rejected:
    names = choice_names(raw)
    if names is None:
        return Rejected("must be one of the choices" if not question.multiple else "must be a list of choices")
    by_name = {choice.label: choice.value for choice in question.choices if choice.label}
    by_name |= {choice.value: choice.value for choice in question.choices}
    unknown = [unknown_name(name, by_name, "choice") for name in names if name not in by_name]
    if unknown:
        return Rejected(f"{'; '.join(unknown)} (the choices are {', '.join(c.value for c in question.choices)})")
    values = list(dict.fromkeys(by_name[name] for name in names))
    if not values or (len(values) > 1 and not question.multiple):
        return Rejected(f"takes {'at least one' if question.multiple else 'exactly one'} of its choices")
    return Accepted(values)


def choice_names(raw: object) -> list[str] | None:
    """What a raw answer picks; None where it is neither a name nor a list of them."""
    match raw:
        case bool() | None:
            return None
        case str() | int() | float():
            return [str(raw)]
        case list() | tuple():
            items = cast(list[object], raw)
            return [str(item) for item in items] if all(isinstance(item, str | int | float) for item in items) else None
        case _:
            return None


def _check_confirm(raw: object) -> Accepted | Rejected:
    if isinstance(raw, bool):
        return Accepted(raw)
    word = raw.strip().lower() if isinstance(raw, str) else None
    if word in _YES or word in _NO:
        return Accepted(word in _YES)
    return Rejected("must be yes or no")


def _check_number(question: NumberQuestion, raw: object) -> Accepted | Rejected:
    number = _whole(raw)
    if number is None:
        return Rejected(f"must be a whole number{f' of {question.unit}' if question.unit else ''}")
    if question.minimum is not None and number < question.minimum:
        return Rejected(f"must be at least {question.minimum}")
    if question.maximum is not None and number > question.maximum:
        return Rejected(f"must be at most {question.maximum}")
    return Accepted(number)


def _whole(raw: object) -> int | None:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", raw):
        return int(raw)
    return None


def _check_table(question: TableQuestion, raw: object) -> Accepted | Rejected:
    if not isinstance(raw, Mapping):
        return Rejected("must be a table of names and values")
    table = cast(Mapping[object, object], raw)
    given = {str(key): value for key, value in table.items()}
    rows = {row.key: row for row in question.rows}
    problems = [unknown_name(key, rows, "row") for key in given if key not in rows]
    values: dict[str, str] = {}
    for key, row in rows.items():
        value = check_cell(row, given.get(key, row.value))
        if isinstance(value, Rejected):
            problems.append(f"{key} {value.problem}")
        elif value is not None:
            values[key] = value
        elif not row.optional:
            problems.append(f"needs a value for {key}" + (f" ({row.suggestion}?)" if row.suggestion else ""))
    return Rejected("; ".join(problems)) if problems else Accepted(values)


def check_cell(row: Row, raw: object) -> str | Rejected | None:
    """The value of one row of a table, None where there is none."""
    text = _text(raw)
    if isinstance(text, str) and text and row.pattern and not re.fullmatch(row.pattern, text.strip()):
        return Rejected(f"must look like {row.like or row.pattern}")
    return text


def _text(raw: object) -> str | Rejected | None:
    match raw:
        case None:
            return None
        case bool():
            return str(raw).lower()
        case str() | int() | float() | date() if _can_be_stored(str(raw)):
            return str(raw)
        case _:
            return Rejected("must be a text")


def _can_be_stored(text: str) -> bool:
    """YAML can write half a surrogate pair, which no checkpoint can hold."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
