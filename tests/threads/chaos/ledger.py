"""What became of all tasks, as it is stored: the accounts of a test in which nothing may be lost or done twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from muster.threads.common.contracts import TaskView
from muster.threads.common.states import ENDED
from muster.threads.db.engine import Database
from muster.threads.db.models import TaskRow
from muster.threads.db.views import task_view


@dataclass(frozen=True)
class Ledger:
    """Tasks, and the texts that are on the platform."""

    tasks: Sequence[TaskView]
    texts: Counter[str]

    def states(self) -> Counter[str]:
        return Counter(task.state for task in self.tasks)

    def defects(self, asked: Sequence[UUID]) -> Mapping[str, Sequence[object]]:
        """What must not be, and where it is."""
        found: Mapping[str, Sequence[object]] = {
            "lost": sorted(set(asked) - {task.id for task in self.tasks if _settled(task)}),
            "asked twice": sorted({task.id for task in self.tasks} - set(asked)),
            "posted twice": [text for text, times in self.texts.items() if times > 1],
            "posted in secret": sorted(set(self.texts) - {task.text for task in self.tasks if _may_be_out(task)}),
            "said to be posted": [task.id for task in self.tasks if task.state == "published" and not self._out(task)],
            "nobody told": [
                task.id for task in self.tasks if task.state == "unknown" and task.waits_for not in ("lookup", "person")
            ],
            "no twin": [task.id for task in self.tasks if task.state == "duplicate" and not self._has_twin(task)],
        }
        return {what: where for what, where in found.items() if where}

    def _out(self, task: TaskView) -> bool:
        return task.text in self.texts

    def _has_twin(self, task: TaskView) -> bool:
        return any(other.post_id == task.twin_post_id for other in self.tasks if other.id != task.id and other.post_id)


def _settled(task: TaskView) -> bool:
    return task.state in ENDED or task.state == "unknown"


def _may_be_out(task: TaskView) -> bool:
    return task.state in ("published", "unknown")


def all_tasks(database: Database, now: datetime) -> list[TaskView]:
    with database.read() as session:
        found = [task_view(session, task_id, now) for task_id in session.scalars(select(TaskRow.id))]
    return [task for task in found if task is not None]


def restless(database: Database) -> int:
    """How many are still to go on by themselves."""
    with database.read() as session:
        rows = session.execute(select(TaskRow.state, TaskRow.next_attempt_at)).all()
    return sum(state not in ENDED and again_at is not None for state, again_at in rows)


def ended(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(TaskRow.id).where(TaskRow.state.in_(ENDED))).all())
