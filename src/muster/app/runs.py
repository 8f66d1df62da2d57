"""What `muster runs` does: list, show, resume and report, for the runs of every agent."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.table import Table
from rich.text import Text

from muster.app.agents import load_agent
from muster.core.clock import SystemClock
from muster.core.console import make_console, visible
from muster.core.errors import RunStateError, WorkFailedError
from muster.core.observability.logs import set_up_logs
from muster.core.runs.report import next_step, summary_line
from muster.core.runs.row import RunRow
from muster.core.runs.store import RunFolder, RunStore
from muster.core.settings import MusterSettings, load_settings


def list_runs(*, as_json: bool) -> None:
    """All runs, oldest first."""
    rows = [row for folder in _store().folders() if (row := _readable_row(folder))]
    if as_json:
        _print_json([row.model_dump(mode="json") for row in rows])
        return
    if not rows:
        sys.stdout.write("no runs yet\n")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for short in ("run", "agent", "status"):
        table.add_column(short, no_wrap=True)
    for long in ("asked for", "note"):
        table.add_column(long)
    for row in rows:
        table.add_row(row.id, row.agent, row.status, *(Text(visible(text)) for text in (row.intent, row.note)))
    make_console().print(table)


def show_run(run_id: str, *, as_json: bool) -> None:
    """One run: its row, its course, and what can be done now."""
    folder = _store().folder(run_id)
    row = folder.current_row()
    if as_json:
        _print_json(row.model_dump(mode="json"))
        return
    lines = [
        f"{row.id}  {row.agent} {row.version}",
        f"asked for  {row.intent}",
        f"in         {row.cwd}",
        f"status     {summary_line(row)}",
        f"files      {folder.path}",
        "",
        next_step(row),
    ]
    sys.stdout.write(visible("\n".join(lines)) + "\n")


def report_run(run_id: str, agents: Mapping[str, str]) -> None:
    """Print REPORT.md; a crashed run's is written first."""
    folder = _store().folder(run_id)
    row = folder.current_row()
    if row.status == "crashed":
        from muster.core.runs.opening import write_report

        write_report(load_agent(row.agent, agents), folder, SystemClock())
    sys.stdout.write(visible(_read_report(folder, row)))


def resume_run(run_id: str, agents: Mapping[str, str], *, answers: Path | None, ask: bool, verbose: bool) -> None:
    """Go on with a run to its end. Raises WorkFailedError when the verdict is bad."""
    from muster.core.gates.fronts import pick_front
    from muster.core.runs.opening import old_run, pick_up, stored_options
    from muster.core.runs.terminal_view import TerminalView

    folder = _store().folder(run_id)
    agent = load_agent(folder.row().agent, agents)
    console = make_console(stderr=agent.prints(stored_options(agent, folder.row())))
    front = pick_front(answers, ask=ask, console=console, known=agent.question_ids)
    view = TerminalView(console, verbose=verbose)
    try:
        with old_run(agent, folder, clock=SystemClock(), listeners=(view,)) as run:
            finished = pick_up(run, front)
            run.deliver(finished)
    finally:
        view.close()
        console.print(f"run {run_id}, report: {folder.report}")
    if not finished.verdict.ok:
        raise WorkFailedError(finished.verdict.summary)
    console.print(Text(visible(finished.verdict.summary)))


def _readable_row(folder: RunFolder) -> RunRow | None:
    try:
        return folder.current_row()
    except RunStateError as error:  # one damaged run must not hide the others
        sys.stderr.write(f"{error}\n")
        return None


def _read_report(folder: RunFolder, row: RunRow) -> str:
    try:
        return folder.report.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RunStateError(f"run {row.id} has no report yet", advice=next_step(row)) from error


def _store() -> RunStore:
    settings = load_settings(MusterSettings)
    set_up_logs(settings)
    return RunStore(settings.muster_home)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
