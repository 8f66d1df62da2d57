"""What is wanted: a chat of words, read back as a spec that can be changed, up to the button that begins the run."""

from dataclasses import dataclass, field

import streamlit as st

from muster.aegis.domain.intent.settling import Asked
from muster.aegis.planning import Plan
from muster.aegis.ui import questions
from muster.aegis.ui.desk import Desk, next_id
from muster.aegis.ui.plain import say, tell_error
from muster.aegis.ui.plan_view import show_plan
from muster.aegis.ui.spec_form import edit_spec
from muster.core.errors import MusterError
from muster.core.gates.questions import AnswerValue

_WISH = "wish"
_MOST = 2000


@dataclass
class Wish:
    """What one session of the browser said so far. `run_id` is what the run is going to be called."""

    run_id: str = field(default_factory=next_id)
    words: list[str] = field(default_factory=list[str])
    answers: dict[str, AnswerValue] = field(default_factory=dict[str, AnswerValue])
    plan: Plan | Asked | None = None
    refused: tuple[str, MusterError] | None = None
    """What was said last and can't be had; it counts for nothing."""

    @property
    def text(self) -> str:
        """All words: further ones add to those before."""
        return "; ".join(self.words)


def show_wish(desk: Desk) -> None:
    """The chat and the plan that comes of it."""
    wish: Wish = st.session_state.setdefault(_WISH, Wish())
    with st.chat_message("assistant"):
        say("What is to be trained, on which rows, for how much? Further words add to those before.")
        say("Such as: LoRA fine-tune tiny-llama on examples/aegis/support.jsonl under $2")
    for words in wish.words:
        with st.chat_message("user"):
            say(words)
    if wish.refused:
        with st.chat_message("user"):
            say(wish.refused[0])
        with st.chat_message("assistant"):
            tell_error(wish.refused[1])
    if wish.plan is not None:
        with st.chat_message("assistant"):
            _show_answer(desk, wish, wish.plan)
    if words := st.chat_input("Say it in plain English", max_chars=_MOST):
        _hear(desk, wish, words, {})


def _show_answer(desk: Desk, wish: Wish, plan: Plan | Asked) -> None:
    if isinstance(plan, Asked):
        given = questions.ask(plan.form)
        if given is not None:
            _hear(desk, wish, "", {path: value for path, value in given.items() if value != ""})
        return
    begin, anew = st.columns(2)
    if begin.button("Begin the run", type="primary", disabled=bool(plan.inputs.errors)):
        desk.start(wish.run_id, wish.text, wish.answers)
        st.session_state.pop(_WISH)
        st.query_params["run"] = wish.run_id
        st.rerun()
    if anew.button("Start over"):
        st.session_state.pop(_WISH)
        st.rerun()
    changes = edit_spec(plan.settled)
    if changes:
        _hear(desk, wish, "", changes)
    show_plan(plan)


def _hear(desk: Desk, wish: Wish, words: str, answers: dict[str, AnswerValue]) -> None:
    """Take more words or values in, where a plan comes of them."""
    said, given = [*wish.words, *([words] if words else ())], wish.answers | answers
    try:
        with st.spinner("Looking at the model and the rows"):
            plan = desk.plan("; ".join(said), given)
    except MusterError as error:
        wish.refused = (words or ", ".join(f"{path}: {value}" for path, value in answers.items()), error)
    else:
        wish.words, wish.answers, wish.plan, wish.refused = said, given, plan, None
    st.rerun()
