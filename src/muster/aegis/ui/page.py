"""The page of aegis, as one function that an app mounts: a sidebar of runs, and beside it a wish or one run.

Nothing of a run lives here: its id stands in the address (`?run=ID`), all else in its folder.
"""

from collections.abc import Callable

import streamlit as st

from muster.aegis.ui.desk import Desk, open_desk
from muster.aegis.ui.plain import escaped, say, show_lines, tell_error
from muster.aegis.ui.progress import status_lines
from muster.aegis.ui.run_view import show_run
from muster.aegis.ui.story import Story, list_runs, read_story
from muster.aegis.ui.wish import show_wish
from muster.core.errors import MusterError, UsageError
from muster.core.runs.row import checked_run_id

_EVERY_S = 2.0
_WATCH_S = 1.0


def render() -> None:
    """The whole page."""
    try:
        desk, run_id = open_desk(), st.query_params.get("run", "")
        with st.sidebar:
            _sidebar(desk, run_id)
        if run_id:
            _run_page(desk, checked_run_id(run_id))
        else:
            st.title("aegis", anchor=False)
            show_wish(desk)
    except MusterError as error:
        tell_error(error)


def _sidebar(desk: Desk, run_id: str) -> None:
    if st.button("New run", width="stretch"):
        st.query_params.clear()
        st.rerun()
    if run_id and _begun(desk, run_id):
        _live(_status, desk, run_id)
    for row in list_runs(desk.store):
        chosen = "primary" if row.id == run_id else "secondary"
        if st.button(f"{row.id} {row.status}", key=f"run-{row.id}", type=chosen, width="stretch"):
            st.query_params["run"] = row.id
            st.rerun()


def _run_page(desk: Desk, run_id: str) -> None:
    st.title(escaped(f"aegis {run_id}"), anchor=False)
    if _begun(desk, run_id):
        moment = _moment(desk, run_id)
        _watch(desk, run_id, moment)
        with st.container(key=f"moment-{moment}"):  # its own place, so that nothing of an earlier moment stays in it
            _live(_body, desk, run_id)
    else:
        with st.container(key="beginning"):
            _wait_for_it(desk, run_id)


def _live(part: Callable[[Desk, str], None], desk: Desk, run_id: str) -> None:
    """Rendered again and again while somebody works on the run."""
    running = desk.store.folder(run_id).current_row().status == "running"
    st.fragment(part, run_every=_EVERY_S if running else None)(desk, run_id)


def _status(desk: Desk, run_id: str) -> None:
    story = _story(desk, run_id)
    running = story.row.status == "running"
    lines = status_lines(story.state, story.metrics, running=running, max_attempts=desk.max_attempts)
    show_lines([f"{run_id}: {story.row.status}", *lines])


def _body(desk: Desk, run_id: str) -> None:
    show_run(desk, _story(desk, run_id))


@st.fragment(run_every=_WATCH_S)
def _wait_for_it(desk: Desk, run_id: str) -> None:
    """A worker takes seconds to begin; one that can't says so in its log."""
    if _begun(desk, run_id):
        st.rerun(scope="app")
    if told := desk.log(run_id):
        st.error("The run could not begin.")
        show_lines(told.splitlines())
    else:
        say("There is no such run yet: one that was just begun is here in seconds.")


@st.fragment(run_every=_WATCH_S)
def _watch(desk: Desk, run_id: str, seen: str) -> None:
    """Renders the page anew when the run has come further than it shows, whoever brought it there."""
    if _moment(desk, run_id) != seen:
        st.rerun(scope="app")


def _moment(desk: Desk, run_id: str) -> str:
    row = desk.store.folder(run_id).current_row()
    return f"{row.status}-{row.updated_at:%H%M%S%f}"


def _story(desk: Desk, run_id: str) -> Story:
    return _read(desk, run_id, _moment(desk, run_id))


@st.cache_resource(ttl=_WATCH_S, max_entries=8, show_spinner=False)
def _read(_desk: Desk, run_id: str, moment: str) -> Story:
    """Two parts of the page, and several tabs, read the run once; never one of an earlier moment, for a page that
    shows the end is not rendered again."""
    return read_story(_desk.store.folder(run_id))


def _begun(desk: Desk, run_id: str) -> bool:
    try:
        return (desk.store.folder(run_id).path / "run.json").is_file()
    except UsageError:  # no such run, or no id at all
        return False
