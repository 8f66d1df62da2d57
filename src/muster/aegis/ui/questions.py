"""A run's question on the page: a button a choice where it is one alone, else a form."""

from datetime import datetime

import streamlit as st

from muster.aegis.ui.plain import escaped, say, show_lines
from muster.core.gates.questions import (
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

Given = dict[str, AnswerValue]


def ask(form: Form, asked_at: datetime | None = None) -> Given | None:
    """The answers by question id, once a person gave them; they are not checked. None until then."""
    st.subheader(escaped(form.title), anchor=False)
    show_lines(form.preview.splitlines())
    key = f"{form.title}-{asked_at.isoformat() if asked_at else ''}"
    match form.questions:
        case [ChoiceQuestion(multiple=False) as question]:
            return _buttons(question, [(one.value, one.label) for one in question.choices], key)
        case [ConfirmQuestion() as question]:
            given = _buttons(question, [("yes", ""), ("no", "")], key)
            return {question.id: given[question.id] == ["yes"]} if given else None
        case questions:
            return _form(questions, key)


def _buttons(question: Question, choices: list[tuple[str, str]], key: str) -> Given | None:
    _say_question(question)
    pressed: Given | None = None
    show_lines(f"{value}: {label}" for value, label in choices if label)
    with st.container(horizontal=True):
        for value, _ in choices:
            if st.button(escaped(value), key=f"{key}-{value}"):
                pressed = {question.id: [value]}
    return pressed


def _form(questions: list[Question], key: str) -> Given | None:
    with st.form(key):
        given: Given = {}
        for question in questions:
            _say_question(question)
            given[question.id] = _widget(question)
        return given if st.form_submit_button("Answer") else None


def _say_question(question: Question) -> None:
    say(question.text)
    if question.reason:
        say(f"({question.reason})")


def _widget(question: Question) -> AnswerValue:
    label = escaped(question.id)
    match question:
        case TextQuestion():
            return st.text_input(label, question.default or "", max_chars=2000, placeholder=question.like or None)
        case ChoiceQuestion(multiple=True):
            return st.multiselect(label, _values(question), default=question.default)
        case ChoiceQuestion():
            chosen = st.selectbox(label, _values(question), index=_index(question))
            return [chosen] if chosen is not None else []
        case ConfirmQuestion():
            return st.checkbox(label, value=bool(question.default))
        case NumberQuestion(minimum=low, maximum=high, default=default):
            return st.number_input(label, low, high, value=default, step=1)
        case TableQuestion():
            return {row.key: text for row in question.rows if (text := _cell(row))}


def _values(question: ChoiceQuestion) -> list[str]:
    return [one.value for one in question.choices]


def _index(question: ChoiceQuestion) -> int | None:
    return _values(question).index(question.default[0]) if question.default else None


def _cell(row: Row) -> str:
    return st.text_input(escaped(row.key), row.shown or "", max_chars=2000, placeholder=row.like or None)
