"""All nodes' clients: they start and stop allocations as plans say, and report to the server every 200 ms."""

from collections.abc import Callable, Iterable

from muster.nomad.embedded.agenda import Agenda
from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.client.alloc_runner import AllocationRunner, ClientReport
from muster.nomad.embedded.client.behaviours import Behaviours
from muster.nomad.embedded.client.machine import Machine
from muster.nomad.embedded.client.sources import Sources
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.values import MILLISECOND, Allocation

HEARING_NS = 2 * MILLISECOND
SYNC_NS = 200 * MILLISECOND


class Clients:
    """The nodes at work; `on_reports` is the server's ear."""

    def __init__(
        self,
        nodes: Iterable[Node],
        agenda: Agenda,
        chance: Chance,
        behaviours: Behaviours,
        on_reports: Callable[[list[ClientReport]], None],
        sources: Sources,
    ) -> None:
        self.runners: dict[str, AllocationRunner] = {}
        self._agenda = agenda
        self._on_reports = on_reports
        self._machines = {node.id: Machine(node, agenda, chance, behaviours, sources) for node in nodes}
        self._changed: dict[str, None] = {}
        self._away: set[str] = set()
        self._waiting: dict[str, list[str]] = {}

    def learn(self, behaviours: Behaviours) -> None:
        """From now on tasks behave as these say."""
        for machine in self._machines.values():
            machine.behaviours = behaviours

    def look_again(self) -> None:
        """Variables, keys or secrets have changed: what waits for one may go on."""
        for runner in tuple(self.runners.values()):
            runner.look_again()

    def is_away(self, node_id: str) -> bool:
        """Whether the node is dead."""
        return node_id in self._away

    def lose_touch(self, node_id: str) -> None:
        """The node dies: its tasks end with it, and nobody hears of it."""
        self._away.add(node_id)
        for runner in self._on(node_id):
            runner.vanish()

    def find_touch(self, node_id: str) -> None:
        """The node is there again, without the tasks that it had."""
        self._away.discard(node_id)
        for runner in self._on(node_id):
            if runner.vanished:
                self._note(runner.allocation.id)

    def _on(self, node_id: str) -> list[AllocationRunner]:
        return [runner for runner in self.runners.values() if runner.allocation.node_id == node_id]

    def forget(self, allocation_ids: Iterable[str]) -> None:
        """Drop what is left of allocations that are over."""
        for allocation_id in allocation_ids:
            self.runners.pop(allocation_id, None)
            self._changed.pop(allocation_id, None)

    def hear(self, allocations: list[Allocation]) -> None:
        """Act on what a plan wrote."""
        for allocation in allocations:
            self._agenda.after(HEARING_NS, lambda allocation=allocation: self._act(allocation))

    def _act(self, allocation: Allocation) -> None:
        if allocation.node_id in self._away:
            return
        runner = self.runners.get(allocation.id)
        if runner is None:
            if allocation.desired_status == "run":
                self._start(allocation)
        elif allocation.desired_status != "run":
            runner.stop()
        else:
            runner.update(allocation)

    def _start(self, allocation: Allocation) -> None:
        group = allocation.job.spec.group(allocation.group)
        if group is None:
            return
        machine = self._machines[allocation.node_id]
        runner = AllocationRunner(allocation, group, machine, self._note, self._dead)
        self.runners[allocation.id] = runner
        runner.receive()
        previous = self.runners.get(allocation.previous_id)
        if previous is not None and not all(task.dead for task in previous.tasks.values()):
            self._waiting.setdefault(allocation.previous_id, []).append(allocation.id)
        else:
            runner.start()

    def _dead(self, allocation_id: str) -> None:
        for waiting in self._waiting.pop(allocation_id, []):
            self._agenda.after(MILLISECOND, self.runners[waiting].start)

    def _note(self, allocation_id: str) -> None:
        if not self._changed:
            into = self._agenda.now_ns % SYNC_NS
            self._agenda.after(SYNC_NS - into, self._sync)
        self._changed[allocation_id] = None

    def _sync(self) -> None:
        reports = [
            runner.report()
            for allocation_id in self._changed
            if (runner := self.runners[allocation_id]).allocation.node_id not in self._away
        ]
        self._changed = {}
        if reports:
            self._on_reports(reports)
