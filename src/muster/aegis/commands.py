"""The commands that run the graph: run and resume."""

from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console

from muster.aegis.agent import AGENT, load
from muster.aegis.domain.intent.asking import read_asked
from muster.aegis.settings import Options
from muster.aegis.state import State
from muster.aegis.tools.spec_files import read_spec
from muster.core.clock import SystemClock
from muster.core.console import make_console, visible
from muster.core.errors import RunStateError, UsageError, WorkFailedError
from muster.core.gates.fronts import pick_front
from muster.core.observability.logs import set_up_logs
from muster.core.redaction import redact
from muster.core.runs.opening import follow, new_run, old_run, pick_up
from muster.core.runs.run import Finished
from muster.core.runs.store import RunStore
from muster.core.runs.terminal_view import TerminalView


def run_training(asked: Sequence[str], *, no_sandbox: bool, answers: Path | None, ask: bool, verbose: bool) -> None:
    """Run the graph to its end. Raises WorkFailedError when the verdict is bad."""
    words, file = read_asked(asked)
    if redact(words) != words:
        raise UsageError("the words hold what looks like a secret, and words are stored with the run")
    state = State(words=words, yaml_spec=read_spec(Path(file)) if file else None)
    settings, console = load(), make_console()
    set_up_logs(settings)
    view = TerminalView(console, verbose=verbose)
    front = pick_front(answers, ask=ask, console=console, known=AGENT.question_ids)
    intent = " ".join(part for part in ("run", file, words) if part)
    options = Options(no_sandbox=no_sandbox)
    with (
        closing(view),
        new_run(AGENT, settings, options, intent=intent, clock=SystemClock(), listeners=(view,)) as run,
        _report_said(console, run.id, run.folder.report),
    ):
        _tell(console, follow(run, run.start(state), front))


def resume_training(run_id: str, *, answers: Path | None, ask: bool, verbose: bool) -> None:
    """Go on where the run stopped. Raises RunStateError for another agent's, WorkFailedError for a bad verdict."""
    settings, console = load(), make_console()
    set_up_logs(settings)
    folder = RunStore(settings.muster_home).folder(run_id)
    if folder.row().agent != AGENT.name:
        raise RunStateError(f"run {run_id} is of {folder.row().agent}", advice=f"`muster runs resume {run_id}`")
    view = TerminalView(console, verbose=verbose)
    front = pick_front(answers, ask=ask, console=console, known=AGENT.question_ids)
    with (
        closing(view),
        old_run(AGENT, folder, clock=SystemClock(), listeners=(view,)) as run,
        _report_said(console, run_id, folder.report),
    ):
        _tell(console, pick_up(run, front))


def _tell(console: Console, finished: Finished[State]) -> None:
    if not finished.verdict.ok:
        raise WorkFailedError(finished.verdict.summary)
    console.print(visible(finished.verdict.summary), soft_wrap=True)


@contextmanager
def _report_said(console: Console, run_id: str, report: Path) -> Generator[None]:
    try:
        yield
    finally:
        console.print(f"run {run_id}, report: {report}", soft_wrap=True)
