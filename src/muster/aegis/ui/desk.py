"""What the page does to runs: begin, answer, go on. Each is handed to a process of its own, which outlives the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from muster.aegis.agent import load
from muster.aegis.domain.intent.settling import Asked
from muster.aegis.planning import Plan, make_plan
from muster.aegis.state import State
from muster.core.clock import SystemClock
from muster.core.gates.questions import AnswerValue
from muster.core.runs.background import Answer, GoOn, Start, hand_over, log_size, read_log
from muster.core.runs.row import new_run_id
from muster.core.runs.store import RunStore

_AGENT = "muster.aegis.agent"
Answers = Mapping[str, AnswerValue]


@dataclass(frozen=True)
class Desk:
    """One MUSTER_HOME."""

    store: RunStore
    max_attempts: int

    def plan(self, words: str, answers: Answers) -> Plan | Asked:
        """Raises UsageError for what can't be had, and for what looks like a secret."""
        return make_plan(words, load(), answers=answers)

    def start(self, run_id: str, words: str, answers: Answers) -> None:
        """Begin a run under that id, once however often it is asked for."""
        state = State(words=words, answers=dict(answers))
        order = Start(agent=_AGENT, run_id=run_id, intent=f"run {words}", state=state.model_dump(mode="json"))
        hand_over(order, self.store.home)

    def answer(self, run_id: str, asked_at: datetime, answers: Answers) -> int:
        """Answer the question of that time. What the run then prints stands in its log behind the bytes returned."""
        before = log_size(self.store.home, run_id)
        order = Answer(agent=_AGENT, run_id=run_id, asked_at=asked_at, answers=dict(answers))
        hand_over(order, self.store.home)
        return before

    def go_on(self, run_id: str) -> None:
        """Go on after a crash or an error."""
        hand_over(GoOn(agent=_AGENT, run_id=run_id), self.store.home)

    def log(self, run_id: str, *, after: int = 0) -> str:
        """What the run's processes printed: mostly nothing but errors."""
        return read_log(self.store.home, run_id, after=after)


def open_desk() -> Desk:
    """Of today's settings. Raises SettingsError."""
    settings = load()
    return Desk(RunStore(settings.muster_home), settings.aegis_max_retries)


def next_id() -> str:
    """An id for a run that is going to begin."""
    return new_run_id(SystemClock().now())
