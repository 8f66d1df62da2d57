"""A run of an agent's graph: three verbs, and the only caller of LangGraph.

`start`, `answer` and `go_on` each end in `Paused` or `Finished`; an error passes through after it was written down.
Whatever the ending, the row is up to date and REPORT.md is written.
"""

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, cast

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command, Interrupt

from muster.core.agent import Agent, ContextT, OptionsT, SettingsT, StateT, Verdict
from muster.core.clock import Clock
from muster.core.errors import RunStateError
from muster.core.gates.draft import Draft
from muster.core.gates.questions import AnswerValue, Form
from muster.core.gates.validate import validate_answers
from muster.core.llm.ledger import Ledger, kept_in
from muster.core.observability.tracing import span
from muster.core.runs.checkpoints import due_nodes, has_checkpoint, open_checkpoints, thread
from muster.core.runs.drafts import open_draft
from muster.core.runs.endings import Endings
from muster.core.runs.journal import Journal, plain_json
from muster.core.runs.listening import Asked, Ended, Happening, Listener, NodeFinished, Waiting
from muster.core.runs.lock import hold_lock
from muster.core.runs.row import Status
from muster.core.runs.store import RunFolder
from muster.core.runs.watched_nodes import watch_nodes
from muster.core.waiting import waits_shown_by

# A row that still says "running" when its run is opened again was left by a process that died.
_CALLED: dict[Status, str] = {"running": "crashed"}


@dataclass(frozen=True)
class Paused:
    """The run waits at a form."""

    question: Form


@dataclass(frozen=True)
class Finished(Generic[StateT]):
    """The run reached its end; `state` is validated."""

    state: StateT
    verdict: Verdict


class Run(Generic[StateT, ContextT, SettingsT, OptionsT]):
    """One run, open in this process. Made by `open_run`."""

    def __init__(
        self,
        agent: Agent[StateT, ContextT, SettingsT, OptionsT],
        folder: RunFolder,
        options: OptionsT,
        context: ContextT,
        *,
        saver: SqliteSaver,
        clock: Clock,
        listeners: tuple[Listener, ...] = (),
    ) -> None:
        self.id = folder.path.name
        self.folder = folder
        self._agent = agent
        self._options = options
        self._context = context
        self._config = thread(self.id)
        self._journal = Journal(folder.journal, clock)
        self._listeners: tuple[Listener, ...] = (self._journal, *listeners)
        graph = agent.build_graph(options)
        self._nodes = frozenset(graph.nodes)
        watch_nodes(graph, agent.state, self._tell)
        self._graph = graph.compile(checkpointer=saver)
        # The compiled graph's saver may load the state's types, the bare one may not.
        self._saver = cast(SqliteSaver, self._graph.checkpointer)
        self._endings = Endings(agent, folder, self._journal, clock, self._values)

    def start(self, state: StateT) -> Paused | Finished[StateT]:
        """Begin. Raises RunStateError when the run was started before, and whatever a node raises."""
        if has_checkpoint(self._saver, self.id):
            raise RunStateError(
                f"run {self.id} was started before", advice=f"`muster runs resume {self.id}` goes on with it."
            )
        self._journal.write("started", self.folder.row().intent)
        with span("graph_start", kind="event", input=state):
            pass  # an event: it takes no time
        return self._advance(state)

    def answer(self, answers: Mapping[str, AnswerValue]) -> Paused | Finished[StateT]:
        """Answer the pending form and go on. Raises RunStateError without exactly one, UsageError for bad answers."""
        pending = self._pending()
        checked = validate_answers(Form.model_validate(pending.value), answers)
        self._journal.write("answered", data={"answers": plain_json(checked)})
        self.folder.draft.unlink(missing_ok=True)
        # By the id of the interrupt: Command(resume={}) would be read as no answer at all.
        return self._advance(Command(resume={pending.id: dict(checked)}))

    def go_on(self) -> Paused | Finished[StateT]:
        """Run the interrupted step again, after a crash or an error. Raises RunStateError when nothing is due."""
        if not has_checkpoint(self._saver, self.id):
            raise RunStateError(
                f"run {self.id} has no checkpoints, so nothing is known of where it was", advice="Start a new run."
            )
        self._check_due()
        was = self.folder.row().status
        self._journal.write("resumed", f"it was {_CALLED.get(was, was)}")
        return self._advance(None)

    def deliver(self, finished: Finished[StateT]) -> None:
        """Hand over what a run that ended well was for. Raises what the agent's `deliver` raises."""
        if finished.verdict.ok:
            self._agent.deliver(finished.state, self._options)

    def report(self, *, crashed: bool) -> None:
        """Write the report anew. `crashed`: the run's process died and could not."""
        self._endings.report(crashed=crashed)

    def state(self) -> StateT:
        """What the run knew behind its last step, validated. Raises RunStateError for one that never began."""
        if not has_checkpoint(self._saver, self.id):
            raise RunStateError(f"run {self.id} has no checkpoints, so nothing is known of it")
        return self._agent.state.model_validate(self._values())

    def pending_form(self) -> Form | None:
        """The form that the run waits at, or None."""
        pending = self._graph.get_state(self._config).interrupts
        return Form.model_validate(pending[0].value) if pending else None

    def draft(self) -> Draft:
        """What was answered of the pending form. Raises RunStateError without exactly one."""
        return open_draft(self.folder.draft, self._pending().id)

    def quit(self) -> None:
        """Write down that the user left at the pending form."""
        self._journal.write("quit")

    def asked_again(self) -> Paused | None:
        """The form that the run waits at, told to the listeners anew; None where it waits at none."""
        form = self.pending_form()
        if form is None:
            return None
        self._tell(Asked(form))
        return Paused(form)

    def _advance(self, step: Any) -> Paused | Finished[StateT]:
        with self._endings, waits_shown_by(lambda text: self._tell(Waiting(text))):
            stream = self._graph.stream(
                step, self._config, context=self._context, stream_mode="updates", durability="sync"
            )
            for updates in stream:
                self._tell_updates(updates)
            return self._ending()

    def _ending(self) -> Paused | Finished[StateT]:
        form = self.pending_form()
        if form is not None:
            self._endings.waiting(form)
            self._tell(Asked(form))
            return Paused(form)
        state = self.state()
        verdict = self._agent.verdict(state)
        self._endings.finished(verdict)
        repairs = sum(event.kind == "repaired" for event in self._values().get("events", ()))
        self._tell(Ended(verdict, repairs, self._agent.scores(state)))
        return Finished(state, verdict)

    def _pending(self) -> Interrupt:
        self._check_due()
        pending = self._graph.get_state(self._config).interrupts
        if len(pending) != 1:
            raise RunStateError(
                f"run {self.id} has {len(pending)} pending questions, and one is needed for an answer",
                advice=f"`muster runs show {self.id}` says where it stands.",
            )
        return pending[0]

    def _check_due(self) -> None:
        due = due_nodes(self._saver, self.id)
        if not due:
            raise RunStateError(
                f"run {self.id} has nothing left to do", advice=f"`muster runs report {self.id}` shows what it did."
            )
        # LangGraph would end silently, as if the run were done.
        if lost := sorted(due - self._nodes):
            raise RunStateError(
                f"run {self.id} stopped before the step {', '.join(lost)}, which this version no longer has",
                advice=f"Resume it with version {self.folder.row().version}, or start a new run.",
            )

    def _values(self) -> dict[str, Any]:
        return dict(self._graph.get_state(self._config).values)

    def _tell_updates(self, updates: Mapping[str, Any]) -> None:
        for node in self._nodes & updates.keys():
            self._tell(NodeFinished(node, updates[node] or {}))

    def _tell(self, happening: Happening) -> None:
        for listener in self._listeners:
            listener(happening)


@contextmanager
def open_run(
    agent: Agent[StateT, ContextT, SettingsT, OptionsT],
    folder: RunFolder,
    options: OptionsT,
    context: ContextT,
    *,
    clock: Clock,
    listeners: tuple[Listener, ...] = (),
) -> Generator[Run[StateT, ContextT, SettingsT, OptionsT]]:
    """Lock the run, open its checkpoints and its ledger, and close them at the end.

    Raises RunStateError when somebody works on it.
    """
    with hold_lock(folder.lock), open_checkpoints(folder.checkpoints) as saver, _ledger_of(folder, agent.name):
        yield Run(agent, folder, options, context, saver=saver, clock=clock, listeners=listeners)


def _ledger_of(folder: RunFolder, agent: str) -> AbstractContextManager[None]:
    return kept_in(Ledger(folder.calls, run=folder.path.name, agent=agent))
