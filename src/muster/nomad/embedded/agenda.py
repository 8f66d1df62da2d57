"""What will happen when: a heap of actions on the virtual clock, in order of time, then of arrival."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class Appointment:
    """One action at one instant; `cancelled` ones are skipped."""

    at_ns: int
    order: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Let it not happen."""
        self.cancelled = True


class Agenda:
    """The virtual clock and everything that is due on it."""

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns
        self._heap: list[Appointment] = []
        self._order = 0

    def at(self, at_ns: int, action: Callable[[], None]) -> Appointment:
        """Do something at an instant, now at the earliest."""
        self._order += 1
        appointment = Appointment(max(at_ns, self.now_ns), self._order, action)
        heapq.heappush(self._heap, appointment)
        return appointment

    def after(self, delay_ns: int, action: Callable[[], None]) -> Appointment:
        """Do something after a delay."""
        return self.at(self.now_ns + delay_ns, action)

    def next_ns(self) -> int | None:
        """When the next thing happens, None when nothing is due."""
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0].at_ns if self._heap else None

    def advance_to(self, to_ns: int) -> None:
        """Move the clock, doing all that is due until then."""
        while (due := self.next_ns()) is not None and due <= to_ns:
            appointment = heapq.heappop(self._heap)
            self.now_ns = max(self.now_ns, appointment.at_ns)
            appointment.action()
        self.now_ns = max(self.now_ns, to_ns)
