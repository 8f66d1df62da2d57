"""The command that shows where a run's report lies, written anew from what is stored."""

import shutil
import webbrowser
from pathlib import Path

from muster.aegis.agent import AGENT, load
from muster.aegis.reporting.files import CARD, PAGE
from muster.core.clock import SystemClock
from muster.core.console import make_console
from muster.core.errors import RunStateError, UsageError
from muster.core.observability.logs import set_up_logs
from muster.core.runs.lock import lock_is_held
from muster.core.runs.opening import write_report
from muster.core.runs.report import next_step
from muster.core.runs.store import RunFolder, RunStore


def show_report(run_id: str, html: Path | None, *, browse: bool) -> None:
    """Print where REPORT.md, the page and the card lie; a run that goes on keeps those of its last pause.

    `html` gets a copy of the page; `browse` opens it where somebody sits at a terminal. Raises RunStateError for a run
    of another agent, or without a report yet; UsageError where the copy can't be written.
    """
    settings, console = load(), make_console()
    set_up_logs(settings)
    folder = _own(RunStore(settings.muster_home).folder(run_id))
    if not lock_is_held(folder.lock):
        write_report(AGENT, folder, SystemClock())
    page = folder.path / PAGE
    there = [path for path in (folder.report, page, folder.path / CARD) if path.is_file()]
    if not there:
        raise RunStateError(f"run {run_id} has no report yet", advice=next_step(folder.current_row()))
    for path in there:
        console.print(str(path), soft_wrap=True, markup=False, highlight=False)
    if html:
        _copy(page, html)
    if browse and console.is_terminal and page in there:
        webbrowser.open(page.as_uri())


def _own(folder: RunFolder) -> RunFolder:
    agent, name = folder.row().agent, folder.path.name
    if agent != AGENT.name:
        raise RunStateError(f"run {name} is of {agent}", advice=f"`muster runs report {name}` prints its report.")
    return folder


def _copy(page: Path, file: Path) -> None:
    try:
        shutil.copyfile(page, file)
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}", advice="Name another file.") from error
