"""The commands that run the graph: run, eval and resume."""

from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from muster.aegis.agent import AGENT, load
from muster.aegis.domain.intent.again import spec_again
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
from muster.core.runs.opening import follow, new_run, old_run, pick_up, stored_options
from muster.core.runs.run import Finished, open_run
from muster.core.runs.store import RunFolder, RunStore
from muster.core.runs.terminal_view import TerminalView


def run_training(asked: Sequence[str], *, no_sandbox: bool, answers: Path | None, ask: bool, verbose: bool) -> None:
    """Run the graph to its end. Raises WorkFailedError when the verdict is bad."""
    state = _asked_state(asked)
    _run(state, f"run {_intent(asked)}", no_sandbox=no_sandbox, answers=answers, ask=ask, verbose=verbose)


def evaluate_artefact(
    asked: Sequence[str], artefact: Path | None, *, no_sandbox: bool, answers: Path | None, ask: bool, verbose: bool
) -> None:
    """Evaluate the artefact of a folder by words and spec, or that of a run again. Raises WorkFailedError when it does
    not pass."""
    if artefact:
        state, intent = _asked_state(asked), f"eval {artefact} {_intent(asked)}"
        state = state.model_copy(update={"artefact": str(artefact.absolute()), "only_eval": True})
    else:
        state, intent = _again(asked), f"eval {_intent(asked)}"
    _run(state, intent, no_sandbox=no_sandbox, answers=answers, ask=ask, verbose=verbose)


def resume_training(run_id: str, *, answers: Path | None, ask: bool, verbose: bool) -> None:
    """Go on where the run stopped. Raises RunStateError for another agent's, WorkFailedError for a bad verdict."""
    settings, console = load(), make_console()
    set_up_logs(settings)
    folder = _folder_of(run_id)
    view = TerminalView(console, verbose=verbose)
    front = pick_front(answers, ask=ask, console=console, known=AGENT.question_ids)
    with (
        closing(view),
        old_run(AGENT, folder, clock=SystemClock(), listeners=(view,)) as run,
        _report_said(console, run_id, folder.report),
    ):
        _tell(console, pick_up(run, front))


def _run(state: State, intent: str, *, no_sandbox: bool, answers: Path | None, ask: bool, verbose: bool) -> None:
    settings, console = load(), make_console()
    set_up_logs(settings)
    view = TerminalView(console, verbose=verbose)
    front = pick_front(answers, ask=ask, console=console, known=AGENT.question_ids)
    options = Options(no_sandbox=no_sandbox)
    with (
        closing(view),
        new_run(AGENT, settings, options, intent=intent, clock=SystemClock(), listeners=(view,)) as run,
        _report_said(console, run.id, run.folder.report),
    ):
        _tell(console, follow(run, run.start(state), front))


def _asked_state(asked: Sequence[str]) -> State:
    words, file = read_asked(asked)
    if redact(words) != words:
        raise UsageError("the words hold what looks like a secret, and words are stored with the run")
    return State(words=words, yaml_spec=read_spec(Path(file)) if file else None)


def _intent(asked: Sequence[str]) -> str:
    words, file = read_asked(asked)
    return " ".join(part for part in (file, words) if part)


def _again(asked: Sequence[str]) -> State:
    """The artefact of an earlier run, by its spec; a file may change how it is evaluated."""
    run_id, file = read_asked(asked)
    if not run_id or " " in run_id:
        raise UsageError(
            "no artefact is named",
            advice="`aegis eval RUN` takes that of a run, `aegis eval SPEC.yaml --artefact FOLDER` any other.",
        )
    folder = _folder_of(run_id)
    state, cwd = _state_of(folder), Path(folder.row().cwd)
    if state.spec is None or not state.artefact:
        raise RunStateError(f"run {run_id} has no artefact: {folder.row().note}", advice="Name one by --artefact.")
    spec = spec_again(state.spec, run_id, cwd, read_spec(Path(file)) if file else None)
    return State(yaml_spec=spec, artefact=str(cwd / state.artefact), only_eval=True)


def _state_of(folder: RunFolder) -> State:
    """Raises RunStateError where somebody works on it."""
    nothing: Any = None
    with open_run(AGENT, folder, stored_options(AGENT, folder.row()), nothing, clock=SystemClock()) as run:
        return run.state()


def _folder_of(run_id: str) -> RunFolder:
    folder = RunStore(load().muster_home).folder(run_id)
    if (agent := folder.row().agent) != AGENT.name:
        raise RunStateError(f"run {run_id} is of {agent}", advice=f"`muster runs show {run_id}` says what it is.")
    return folder


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
