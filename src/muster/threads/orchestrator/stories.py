"""Tasks' stories, as the newsroom asks for them."""

from collections.abc import Mapping
from uuid import UUID

from muster.core.web.news import Frame, News
from muster.threads.common.contracts import TaskEvent
from muster.threads.db.engine import Database
from muster.threads.db.views import grown_stories


class TaskStories:
    """Satisfies `Stories`: a story is a task's id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, places: Mapping[str, int]) -> Mapping[str, News]:
        """As `Stories` says."""
        with self._database.read() as session:
            grown = grown_stories(session, {UUID(story): place for story, place in places.items()})
        return {
            str(task_id): News([_frame(line) for line in one.lines], one.ended)
            for task_id, one in grown.items()
            if one.lines or one.ended
        }


def _frame(line: TaskEvent) -> Frame:
    return Frame(line.seq, line.kind, line.model_dump_json())
