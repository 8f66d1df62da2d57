"""What lies beside REPORT.md: the page, and the card of a model that was trained."""

from collections.abc import Mapping

from muster.aegis.ports import Workspace
from muster.aegis.reporting.card import render_card
from muster.aegis.reporting.curves import draw_curves
from muster.aegis.reporting.page import Pictures, render_page
from muster.aegis.reporting.series import Told, told_by
from muster.aegis.state import State
from muster.core.runs.report import Account

PAGE, CARD = "report.html", "model-card.md"


def files_of(state: State | None, account: Account, workspace: Workspace) -> Mapping[str, str]:
    """Texts by file name. A card is written once the run is done: before, its artefact may still be replaced."""
    files = {PAGE: render_page(state, account, _pictures(state, workspace))}
    trained = state is not None and any(one.phase == "train" for one in state.attempts)
    if state and state.spec and state.artefact and trained and account.row.done:
        files[CARD] = render_card(state, state.spec, account)
    return files


def _pictures(state: State | None, workspace: Workspace) -> Pictures:
    if state is None:
        return Pictures(none_because="There are none: of what the run knew, nothing can be read.")
    told = [told_by(name, workspace.metrics(name)) for name in _jobs(state)]
    drawings = draw_curves(state, told)
    return Pictures(drawings, _none_because(told, bool(drawings)))


def _jobs(state: State) -> tuple[str, ...]:
    """In their order; the last may have been launched and not have ended."""
    names = [one.name for one in state.attempts] + ([state.launch.name] if state.launch else [])
    return tuple(dict.fromkeys(names))


def _none_because(told: list[Told], drawn: bool) -> str:
    """What a reader has to know of missing curves, in a sentence; empty: nothing."""
    if not told:
        return "There are none: no job ran."
    skipped = sum(one.skipped for one in told)
    left_out = f" {skipped} lines of the jobs' metrics are no metrics, and were left out." if skipped else ""
    if not any(one.loss or one.eval_loss or one.memory for one in told):
        return f"No job told of its steps{', so that only the cost is drawn' if drawn else ''}.{left_out}"
    return left_out.lstrip()
