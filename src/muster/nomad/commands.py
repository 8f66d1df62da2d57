"""The commands that run the graph: generate, plan, deploy."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from muster.core.clock import SystemClock
from muster.core.console import make_console, visible
from muster.core.errors import UsageError, WorkFailedError
from muster.core.gates.answers import AnswersFront
from muster.core.gates.front import Front
from muster.core.gates.fronts import pick_front
from muster.core.observability.logs import set_up_logs
from muster.core.redaction import redact
from muster.core.runs.opening import follow, new_run
from muster.core.runs.run import Finished
from muster.core.runs.terminal_view import TerminalView
from muster.nomad.agent import AGENT, load
from muster.nomad.domain.build.secret_forms import SecretFormat
from muster.nomad.domain.candidates import SELECT_ID
from muster.nomad.domain.prompt.parse import PROMPT_LIMIT, parse_prompt
from muster.nomad.settings import Options, SpecForm, SpecTarget, chosen_cluster
from muster.nomad.state import Goal, State
from muster.nomad.tools.git_codebase import check_source
from muster.nomad.tools.spec_file import check_place

_VERBS: dict[Goal, str] = {"spec": "generate", "plan": "plan", "healthy": "deploy"}


@dataclass(frozen=True)
class Call:
    """What every command that runs the graph is told."""

    source: str
    prompt: str
    answers: Path | None
    ask: bool
    verbose: bool
    skip_infra_check: bool
    no_memory: bool


def generate_job(call: Call, target: SpecTarget, *, secret_format: SecretFormat = "auto") -> None:
    """Run the short graph and write the spec. Raises UsageError, before anything is asked, for a hopeless file."""
    if target.file is not None:
        _check_name(target.file, target.form)
        check_place(Path(target.file))
    _run(call, Options(cluster="none", target=target, secret_format=secret_format), goal="spec")
    if target.form == "terraform":
        make_console(stderr=True).print(
            "This is for Terraform's templatefile(); Nomad does not read it, and it is never deployed from here."
        )


def pick_form(*, json: bool, terraform: bool, variables: bool) -> SpecForm:
    """The form that the options of `generate` ask for. Raises UsageError where two of them contradict."""
    match json, terraform, variables:
        case True, True, _:
            raise UsageError("--profile terraform is a template, and --format json is none", advice="Give one of them.")
        case True, _, True:
            raise UsageError("the API's JSON has no variables", advice="Leave --format json or --variables out.")
        case _, True, True:
            raise UsageError(
                "--variables is for Nomad, and --profile terraform has variables of its own", advice="Give one of them."
            )
        case _:
            return "json" if json else "terraform" if terraform else "variables" if variables else "hcl"


def _check_name(file: str, form: SpecForm) -> None:
    if form == "terraform" and not file.endswith(".tftpl"):
        raise UsageError(
            f"a template for Terraform is named like {file}.tftpl", advice="Nomad would misread it as a job."
        )
    if form != "terraform" and file.endswith(".tftpl"):
        raise UsageError(f"{file} is the name of a template", advice="Add --profile terraform, or name it .nomad.hcl.")


def run_to_the_end(call: Call, options: Options, *, goal: Goal) -> None:
    """Run the whole graph. Raises WorkFailedError when the verdict is bad."""
    finished = _run(call, options, goal=goal)
    if not finished.verdict.ok:
        raise WorkFailedError(finished.verdict.summary)


def cluster_options(
    *,
    embedded: bool,
    cluster_id: str | None = None,
    images: Path | None = None,
    nodes: Path | None = None,
    keep: bool = False,
    secret_format: SecretFormat = "auto",
    allow_route_conflict: str = "",
) -> Options:
    """The options of a run that talks to a cluster. Raises UsageError where two of them contradict."""
    chosen = chosen_cluster(embedded=embedded, cluster_id=cluster_id)
    if not embedded and (images or nodes):
        raise UsageError("--images and --nodes describe the embedded cluster", advice="Add --embedded.")
    return chosen.model_copy(
        update={
            "images": str(images) if images else None,
            "nodes": str(nodes) if nodes else None,
            "keep": keep,
            "secret_format": secret_format,
            "allow_route_conflict": allow_route_conflict.strip(),
        }
    )


def _run(call: Call, options: Options, *, goal: Goal) -> Finished[State]:
    """Start a run and follow it to its end, with the report's place said on every ending."""
    check_source(call.source)
    told = {"verbose": call.verbose, "skip_infra_check": call.skip_infra_check, "no_memory": call.no_memory}
    options = options.model_copy(update=told)
    check_prompt(call.prompt, ask=call.ask)
    settings, console = load(), make_console(stderr=AGENT.prints(options))
    set_up_logs(settings)
    view = TerminalView(console, verbose=call.verbose)
    front = pick_front(call.answers, ask=call.ask, console=console, known=AGENT.question_ids)
    intent = f"{_VERBS[goal]} {call.source}" + (f": {call.prompt}" if call.prompt else "")
    state = _start(call, goal, front)
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
        run.deliver(finished)
        return finished


def _start(call: Call, goal: Goal, front: Front) -> State:
    """Where the run begins: what is asked for, and what the answers file settles before anything is asked."""
    state = State(source=call.source, prompt=call.prompt, goal=goal)
    if not isinstance(front, AnswersFront):
        return state
    said = {"prepared": front.prepared(SELECT_ID), "given": front.ids(), "remember": front.to_remember()}
    return state.model_copy(update=said)


def check_prompt(prompt: str, *, ask: bool) -> None:
    """Raise UsageError for a prompt that can't be stored or followed; `ask`: what is unclear can be asked about."""
    if redact(prompt) != prompt:
        raise UsageError(
            "the prompt holds what looks like a secret, and prompts are stored with the run",
            advice="Leave it out; a secret is asked for by its place.",
        )
    if len(prompt) > PROMPT_LIMIT:
        raise UsageError(
            f"the prompt is {len(prompt)} characters long", advice=f"At most {PROMPT_LIMIT} of them are read."
        )
    wishes = parse_prompt(prompt)
    if wishes.refused:
        raise UsageError(
            "the prompt asks for what can't be had:\n  " + "\n  ".join(wishes.refused), advice="Ask for less."
        )
    if wishes.unclear and not ask:
        raise UsageError(
            "the prompt asks for what is not understood, and nobody is to be asked:\n  " + "\n  ".join(wishes.unclear),
            advice='Say it otherwise, a name in quotes (call it "can"), or leave it out.',
        )


@contextmanager
def _report_said(console: Console, run_id: str, report: Path) -> Generator[None]:
    try:
        yield
    finally:
        console.print(f"run {run_id}, report: {report}", soft_wrap=True)
