"""The commands that run the graph: generate, plan, deploy."""

import difflib
import json
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from muster.core.clock import SystemClock
from muster.core.console import make_console, visible
from muster.core.errors import UsageError, WorkFailedError
from muster.core.gates.answers import AnswersFront
from muster.core.gates.fronts import pick_front
from muster.core.observability.logs import set_up_logs
from muster.core.runs.opening import follow, new_run
from muster.core.runs.run import Finished
from muster.core.runs.store import write_atomically
from muster.core.runs.terminal_view import TerminalView
from muster.nomad.agent import AGENT, load
from muster.nomad.domain.hcl.render import render_hcl, render_json
from muster.nomad.settings import Options
from muster.nomad.state import Goal, State, needed
from muster.nomad.tools.git_codebase import check_source

_ANOTHER = "Give another file with -o."
_VERBS: dict[Goal, str] = {"spec": "generate", "plan": "plan", "healthy": "deploy"}


@dataclass(frozen=True)
class Call:
    """What every command that runs the graph is told."""

    source: str
    prompt: str
    answers: Path | None
    ask: bool
    verbose: bool


@dataclass(frozen=True)
class Target:
    """Where `generate` puts the job, and in which form."""

    file: Path | None
    json: bool
    explain: bool
    dry_run: bool


def generate_job(call: Call, target: Target) -> None:
    """Run the short graph and write the spec. Raises UsageError, before anything is asked, for a hopeless file."""
    if target.file is not None:
        _check_place(target.file)
    finished = _run(call, Options(cluster="none"), goal="spec", console=make_console(stderr=True))
    text = _job_text(finished.state, target)
    if target.file is None:
        sys.stdout.write(text)
    elif target.dry_run:
        sys.stdout.write(_change(target.file, text))
    else:
        _write(target.file, text)


def run_to_the_end(call: Call, options: Options, *, goal: Goal) -> None:
    """Run the whole graph. Raises WorkFailedError when the verdict is bad."""
    finished = _run(call, options, goal=goal, console=make_console())
    if not finished.verdict.ok:
        raise WorkFailedError(finished.verdict.summary)


def cluster_options(
    *,
    embedded: bool,
    cluster_id: str | None = None,
    images: Path | None = None,
    nodes: Path | None = None,
    keep: bool = False,
) -> Options:
    """The options of a run that talks to a cluster. Raises UsageError where two of them contradict."""
    if embedded and cluster_id:
        raise UsageError("--embedded and --cluster name two clusters", advice="Give one of them.")
    if not embedded and (images or nodes):
        raise UsageError("--images and --nodes describe the embedded cluster", advice="Add --embedded.")
    return Options(
        cluster="embedded" if embedded else "nomad",
        cluster_id=cluster_id,
        images=str(images) if images else None,
        nodes=str(nodes) if nodes else None,
        keep=keep,
    )


def _run(call: Call, options: Options, *, goal: Goal, console: Console) -> Finished[State]:
    """Start a run and follow it to its end, with the report's place said on every ending."""
    check_source(call.source)
    settings = load()
    set_up_logs(settings.log_level)
    view = TerminalView(console, verbose=call.verbose)
    front = pick_front(call.answers, ask=call.ask, console=console, known=AGENT.question_ids)
    intent = f"{_VERBS[goal]} {call.source}" + (f": {call.prompt}" if call.prompt else "")
    state = State(source=call.source, prompt=call.prompt, goal=goal)
    with (
        closing(view),
        new_run(AGENT, settings, options, intent=intent, clock=SystemClock(), listeners=(view,)) as run,
        _report_said(console, run.id, run.folder.report),
    ):
        finished = follow(run, run.start(state), front)
        if isinstance(front, AnswersFront) and (unused := front.never_asked()):
            console.print(visible(f"! {call.answers} answers what was not asked: {', '.join(unused)}"))
        if finished.verdict.ok:
            console.print(visible(finished.verdict.summary))
        return finished


@contextmanager
def _report_said(console: Console, run_id: str, report: Path) -> Generator[None]:
    try:
        yield
    finally:
        console.print(f"run {run_id}, report: {report}", soft_wrap=True)


def _job_text(state: State, target: Target) -> str:
    spec = needed(state.spec)
    if target.json:
        return json.dumps({"Job": render_json(spec)}, indent=2) + "\n"
    return render_hcl(spec, explain=target.explain)


def _change(file: Path, text: str) -> str:
    old = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    lines = difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(file), f"{file} (new)")
    return "".join(lines) or f"{file} would not change\n"


def _check_place(file: Path) -> None:
    with _told(file):
        if file.is_dir():
            raise UsageError(f"-o names a folder: {str(file)!r}", advice=_ANOTHER)
        if not file.parent.is_dir():
            raise UsageError(f"there is no folder {str(file.parent)!r} for {file.name}", advice=_ANOTHER)


def _write(file: Path, text: str) -> None:
    with _told(file):
        if file.exists() and not file.is_file():  # a pipe or a device is written to; replacing it would destroy it
            file.write_text(text, encoding="utf-8")
        else:
            write_atomically(file.resolve(), text)  # what a link leads to, so that the link stays
    sys.stderr.write(f"wrote {file}\n")


@contextmanager
def _told(file: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}", advice=_ANOTHER) from error
