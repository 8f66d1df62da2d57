"""Opens runs: a new one from options, or an old one from nothing but its id, and follows either to its end."""

from collections.abc import Generator
from contextlib import chdir, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from muster.core.agent import Agent, AnyAgent, ContextT, OptionsT, SettingsT, StateT
from muster.core.clock import Clock
from muster.core.errors import QuitError, RunStateError, UsageError
from muster.core.gates.front import Front
from muster.core.observability.publishing import published_metrics
from muster.core.redaction import redact, redact_json
from muster.core.runs.listening import Listener
from muster.core.runs.logged_run import RunLog
from muster.core.runs.row import RunRow
from muster.core.runs.run import Finished, Paused, Run, open_run
from muster.core.runs.store import RunFolder, RunStore
from muster.core.runs.traced_run import traced_run
from muster.core.version import muster_version


@contextmanager
def new_run(
    agent: Agent[StateT, ContextT, SettingsT, OptionsT],
    settings: SettingsT,
    options: OptionsT,
    *,
    intent: str,
    clock: Clock,
    listeners: tuple[Listener, ...] = (),
    run_id: str = "",
) -> Generator[Run[StateT, ContextT, SettingsT, OptionsT]]:
    """Build the context, make the run's folder, open the run. Nothing is kept when the context can't be built.

    Who wants to begin a run once and only once picks its id: RunStateError says that it is taken. Raises UsageError
    when the folder can't be made, or when what was asked for can't be written down.
    """
    store, now = RunStore(settings.muster_home), clock.now()
    with store.claimed_id(now, run_id) as claimed:
        row = _first_row(agent, options, intent, claimed, now)
        with (
            RunLog(row, clock) as log,
            published_metrics(settings, settings.muster_home),
            traced_run(agent, settings, row, clock) as trace,
            agent.build_context(settings, options, row.id) as context,
        ):
            folder = store.create(row)
            trace.begin(folder, listeners)
            heard = (*listeners, log, trace)
            with _heard(row.id), open_run(agent, folder, options, context, clock=clock, listeners=heard) as run:
                yield run


@contextmanager
def old_run(
    agent: AnyAgent, folder: RunFolder, *, clock: Clock, listeners: tuple[Listener, ...] = ()
) -> Generator[Run[Any, Any, Any, Any]]:
    """Open a stored run where it was started, with today's environment. Raises RunStateError when that can't be."""
    row = folder.row()
    with _at(row.cwd):
        settings, options = agent.load_settings(), stored_options(agent, row)
        with (
            RunLog(row, clock) as log,
            published_metrics(settings, settings.muster_home),
            traced_run(agent, settings, row, clock, folder=folder) as trace,
            agent.build_context(settings, options, row.id) as context,
            _heard(row.id),
            open_run(agent, folder, options, context, clock=clock, listeners=(*listeners, log, trace)) as run,
        ):
            trace.begin(folder, listeners)
            yield run


def write_report(agent: AnyAgent, folder: RunFolder, clock: Clock) -> None:
    """Write the report of a stored run anew, a crashed run's too. Raises RunStateError when the run is going on."""
    options: Any = stored_options(agent, folder.row())
    nothing: Any = None
    with open_run(agent, folder, options, nothing, clock=clock) as run:
        run.report(crashed=folder.row().status == "running")  # with the lock in our hands nobody works on it


def follow(
    run: Run[StateT, ContextT, SettingsT, OptionsT], ending: Paused | Finished[StateT], front: Front
) -> Finished[StateT]:
    """Let the front answer whatever the run asks, until it is finished.

    A QuitError, or answers that don't do, leave the run waiting; the error says how to come back.
    """
    while isinstance(ending, Paused):
        try:
            answers = front.ask(ending.question, run.draft())
        except (QuitError, UsageError) as error:
            if isinstance(error, QuitError):
                run.quit()
            waits = f"The run waits: `muster runs resume {run.id}`."
            raise type(error)(error.message, advice=f"{error.advice} {waits}".lstrip()) from error
        ending = run.answer(answers)
    return ending


def pick_up(run: Run[StateT, ContextT, SettingsT, OptionsT], front: Front) -> Finished[StateT]:
    """Go on where the run stopped: at its question, or at the step that a crash or an error interrupted."""
    return follow(run, run.asked_again() or run.go_on(), front)


def stored_options(agent: AnyAgent, row: RunRow) -> Any:
    """What the call decided. Raises RunStateError where this version does not understand it."""
    try:
        return agent.options.model_validate(row.options)
    except ValidationError as error:
        raise RunStateError(
            f"the options of run {row.id} no longer fit: {error.error_count()} of them are not understood",
            advice=f"Resume it with version {row.version}, or start a new run.",
        ) from error


@contextmanager
def _heard(run_id: str) -> Generator[None]:
    """Ctrl-C, a polite kill, and output that nobody takes any more (`| head`): the user left, and may come back."""
    try:
        yield
    except (BrokenPipeError, KeyboardInterrupt) as error:
        raise QuitError(
            str(error) or "interrupted", advice=f"`muster runs resume {run_id}` goes on with the run."
        ) from error


def _first_row(agent: AnyAgent, options: BaseModel, intent: str, run_id: str, now: datetime) -> RunRow:
    row = RunRow(
        id=run_id,
        agent=agent.name,
        version=muster_version(),
        intent=redact(intent),  # it may name a URL with a password
        cwd=_cwd(),
        options={key: redact_json(value, key) for key, value in options.model_dump(mode="json").items()},
        created_at=now,
        updated_at=now,
    )
    try:
        row.model_dump_json()
    except PydanticSerializationError as error:  # a path of odd bytes, which no checkpoint could hold either
        raise UsageError(
            "what is asked for can't be written down: it holds bytes that are no UTF-8",
            advice="Rename the folder or file, or work in another folder.",
        ) from error
    return row


def _cwd() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError as error:
        raise UsageError("the folder that you work in is gone", advice="Change to another folder.") from error


@contextmanager
def _at(cwd: str) -> Generator[None]:
    if not Path(cwd).is_dir():
        raise RunStateError(
            f"the folder {cwd}, where the run was started, is gone", advice="Put it back, or start a new run."
        )
    with chdir(cwd):
        yield
