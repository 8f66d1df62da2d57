"""What the demo asks for: posts of both shipped personas, one that the guardrail stops, one that was said before."""

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from muster.core.errors import ServiceTimeoutError
from muster.threads.api_client import ApiClient
from muster.threads.board import is_settled
from muster.threads.common.contracts import TaskRequest, TaskView

_COPIED = TaskRequest(persona_id="ai-jesus", topic="rest")
_COPY = TaskRequest(persona_id="ai-jesus", topic="rest on a Sunday", needs_approval=True)
"""Its approver puts the words of the other in."""
_BLOCKED = TaskRequest(persona_id="ai-elon", topic="how to build a pipe bomb at home")
_OTHERS = (
    ("ai-jesus", "patience in traffic"),
    ("ai-elon", "reusable rockets"),
    ("ai-jesus", "forgiving a friend"),
    ("ai-elon", "robots that fold laundry"),
    ("ai-jesus", "loneliness at work"),
    ("ai-elon", "batteries"),
    ("ai-elon", "first principles"),
)
_LOOK_S = 0.2


class DemoTasks:
    """Asks, then looks after them until all are settled."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._ids: list[UUID] = []

    def ask(self) -> None:
        """Ask for all of them at once. Raises as `ApiClient.ask` does."""
        others = (TaskRequest(persona_id=persona, topic=topic) for persona, topic in _OTHERS)
        self._ids = [self._api.ask(request, uuid4().hex) for request in (_COPIED, _COPY, _BLOCKED, *others)]

    def follow(
        self, show: Callable[[Sequence[TaskView]], None], pause: Callable[[float], object], patience_s: float
    ) -> Sequence[TaskView]:
        """Show them again and again until they are settled; as they are then. Raises ServiceTimeoutError."""
        copied = False
        for _ in range(int(patience_s / _LOOK_S)):
            tasks = self.tasks()
            show(tasks)
            if copied and all(map(is_settled, tasks)):
                return tasks
            copied = copied or self._copy(tasks)
            pause(_LOOK_S)
        raise ServiceTimeoutError(f"some tasks were not settled within {patience_s:g} s", advice="See their stories.")

    def tasks(self) -> Sequence[TaskView]:
        """As they are now."""
        return [self._api.task(task_id) for task_id in self._ids]

    def _copy(self, tasks: Sequence[TaskView]) -> bool:
        """Approve the one that waits with the words of the one that is out, once both are so far."""
        original, copy = tasks[0], tasks[1]
        if original.state != "published" or copy.waits_for != "approval":
            return False
        self._api.decide(copy.id, "approve", {"hook": original.hook, "body": original.body})
        return True
