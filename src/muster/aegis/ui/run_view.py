"""One run on the page: its question, its story, its curves, what came out. All of it is read from the run's folder."""

from datetime import datetime

import streamlit as st

from muster.aegis.domain.account import spec_yaml
from muster.aegis.domain.attempts import Attempt
from muster.aegis.domain.estimates import Interval
from muster.aegis.domain.evaluation.judge import Judgement
from muster.aegis.domain.repairs import SpecRepair
from muster.aegis.ui import questions
from muster.aegis.ui.desk import Desk
from muster.aegis.ui.plain import escaped, say, show_lines, shown, tell_error
from muster.aegis.ui.progress import curves
from muster.aegis.ui.story import REPORTS, Story, reports
from muster.core.errors import MusterError
from muster.core.gates.questions import Form
from muster.core.gates.validate import validate_answers
from muster.core.runs.report import next_step, summary_line

_HANDED = "handed_over"
_STORY_LINES = 200


def show_run(desk: Desk, story: Story) -> None:
    """All that is known of it."""
    with st.chat_message("user"):
        say(story.row.intent)
    with st.chat_message("assistant"):
        say(summary_line(story.row))
        if story.question:
            _ask(desk, story, *story.question)
        elif story.row.status != "running" and not story.row.done:
            _offer_to_go_on(desk, story)
    _show_story(story)
    _show_curves(story)
    _show_outcome(story)
    _show_files(story)


def _ask(desk: Desk, story: Story, asked_at: datetime, form: Form) -> None:
    """An answer is handed over once from here; what others answered in the meantime, the run itself refuses."""
    handed = st.session_state.get(_HANDED, {})
    if (story.row.id, asked_at) in handed:
        say("The answer is on its way.")
        show_lines(desk.log(story.row.id, after=handed[story.row.id, asked_at]).splitlines())
        return
    given = questions.ask(form, asked_at)
    if given is None:
        return
    try:
        answers = validate_answers(form, given)
        handed[story.row.id, asked_at] = desk.answer(story.row.id, asked_at, answers)
    except MusterError as error:
        tell_error(error)
        return
    st.session_state[_HANDED] = handed
    st.rerun(scope="app")


def _offer_to_go_on(desk: Desk, story: Story) -> None:
    say(next_step(story.row))
    if st.button("Go on with the run"):
        desk.go_on(story.row.id)
        st.rerun(scope="app")


def _show_story(story: Story) -> None:
    lines = [f"{one.at:%H:%M:%S}  {one.text}" for one in story.entries if one.kind in ("event", "failed", "cancelled")]
    show_lines(lines[-_STORY_LINES:])
    if story.log:
        with st.expander("Log"):
            show_lines(story.log.splitlines())


def _show_curves(story: Story) -> None:
    launch = story.state.launch if story.state else None
    found = curves(story.metrics, launch.usd_per_hour if launch else 0.0)
    for name, points in found.items():
        st.subheader(name.capitalize(), anchor=False)
        st.line_chart(points, x="step", y=next(key for key in points[-1] if key != "step"), height=220)


def _show_outcome(story: Story) -> None:
    state = story.state
    if state is None:
        return
    if state.judgement:
        st.subheader("Evaluation", anchor=False)
        _show_judgement(state.judgement)
    if state.attempts:
        st.subheader("What ran", anchor=False)
        st.dataframe([_attempt_row(one) for one in state.attempts], hide_index=True)
    for number, repair in enumerate(state.repairs, 1):
        with st.expander(escaped(f"Change {number}: {repair.reason}")):
            _show_repair(repair)
    if state.spec:
        with st.expander("The spec"):
            st.code(shown(spec_yaml(state.spec)), language="yaml")


def _show_judgement(judgement: Judgement) -> None:
    say(judgement.overall)
    rows = [
        {
            "metric": escaped(one.metric),
            "outcome": one.outcome,
            "measured (95 %)": escaped(_interval(one.measured)),
            "threshold": "" if one.threshold is None else f"{one.threshold:.4g}",
            "why": escaped(one.reason),
        }
        for one in judgement.verdicts
    ]
    st.table(rows, hide_index=True)


def _interval(measured: Interval | None) -> str:
    return f"{measured.mid:.4g} ({measured.low:.4g} to {measured.high:.4g})" if measured else ""


def _attempt_row(attempt: Attempt) -> dict[str, str]:
    return {
        "job": attempt.name,
        "how it ended": shown(attempt.how),
        "seconds": f"{attempt.seconds:.1f}",
        "dollars": f"{attempt.usd:.4f}",
        "steps": str(attempt.steps),
        "last loss": "" if attempt.loss is None else f"{attempt.loss:.4g}",
    }


def _show_repair(repair: SpecRepair) -> None:
    say(f"expected: {repair.expected_effect}")
    if repair.quality_risk:
        say(f"risk: {repair.quality_risk}")
    show_lines(repair.diff.splitlines())


def _show_files(story: Story) -> None:
    for name, data in reports(story.folder).items():
        st.download_button(
            f"Download {name}", data, file_name=f"{story.row.id}-{name}", mime=REPORTS[name], on_click="ignore"
        )
