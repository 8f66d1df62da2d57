"""One allocation on its node: its tasks in the order of their lifecycle, its health, its end."""

from collections.abc import Callable
from dataclasses import dataclass

from muster.nomad.embedded.client import words
from muster.nomad.embedded.client.check_restarts import watch_checks
from muster.nomad.embedded.client.health import HealthTracker
from muster.nomad.embedded.client.machine import Machine
from muster.nomad.embedded.client.task_runner import TaskRunner
from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.values import Allocation, Health, TaskState

DESCRIPTIONS = {
    "failed": "Failed tasks",
    "running": "Tasks are running",
    "pending": "No tasks have started",
    "complete": "All tasks have completed",
}


@dataclass(frozen=True)
class ClientReport:
    """What a client tells the server about an allocation."""

    allocation_id: str
    client_status: str
    client_description: str
    tasks: dict[str, TaskState]
    health: Health | None


class AllocationRunner:
    """Runs an allocation; `on_change` hears that there is something to report, `on_dead` that all is over."""

    def __init__(
        self,
        allocation: Allocation,
        group: GroupSpec,
        machine: Machine,
        on_change: Callable[[str], None],
        on_dead: Callable[[str], None],
    ) -> None:
        self.allocation = allocation
        self.health: Health | None = None
        self._group = group
        self._machine = machine
        self._on_change = on_change
        self._on_dead = on_dead
        self._stopping = False
        self._failing_together = False
        self._over = False
        self.vanished = False
        self._tracker: HealthTracker | None = None
        self.tasks = {
            task.name: TaskRunner(task, group, allocation, machine, self._task_changed) for task in group.tasks
        }

    def receive(self) -> None:
        """The client hears of the allocation."""
        for runner in self.tasks.values():
            runner.emit(words.received(self._machine.agenda.now_ns))

    def start(self) -> None:
        """Begin with the tasks whose turn it is; health counts from now, not from before a predecessor was gone."""
        if self._stopping:
            return
        self._track_health()
        broken = self._setup_error()
        if broken is not None:
            for runner in self.tasks.values():
                runner.fail_setup(broken)
            return
        self._watch_checks()
        self._start_due()

    def look_again(self) -> None:
        """Let tasks that wait for a variable see whether it is there now."""
        for runner in self.tasks.values():
            runner.look_again()

    def update(self, allocation: Allocation) -> None:
        """Take on a new job version in place."""
        joined = allocation.deployment_id != self.allocation.deployment_id
        self.allocation = allocation
        self._take_on(allocation.job.spec.group(allocation.group) or self._group)
        if joined:
            self.health = None
            self._track_health()

    def stop(self) -> None:
        """The server wants it gone."""
        if self._stopping:
            return
        self._stopping = True
        for runner in self.tasks.values():
            if not runner.dead:
                runner.kill()

    def vanish(self) -> None:
        """The machine is gone: nothing of it runs on, and nothing is said."""
        if all(runner.dead for runner in self.tasks.values()):
            return
        self._stopping = self.vanished = True
        if self._tracker is not None:
            self._tracker.close()
        for runner in self.tasks.values():
            runner.vanish()
        self._over = True
        self._on_dead(self.allocation.id)

    def report(self) -> ClientReport:
        """Where it stands now."""
        states = {name: runner.state for name, runner in self.tasks.items()}
        status = client_status(states)
        if status in ("failed", "complete") and self.allocation.deployment_id and self.health is None:
            self.health = Health(healthy=False, timestamp_ns=None)
        return ClientReport(self.allocation.id, status, DESCRIPTIONS[status], states, self.health)

    def _take_on(self, group: GroupSpec) -> None:
        """Checks and deadlines may change while the tasks run on."""
        if group != self._group:
            self._group = group
            self._watch_checks()

    def _watch_checks(self) -> None:
        group = self._group
        agenda = self._machine.agenda
        watch_checks(group, self.allocation, self.tasks, agenda, is_current=lambda: self._group is group)

    def _setup_error(self) -> str | None:
        labels = {port.label for port in self.allocation.ports}
        for service in self._group.services:
            if not service.task and service.port and not service.port.isdigit() and service.port not in labels:
                what = f'unable to get address for service "{service.name}": invalid port "{service.port}"'
                return f'pre-run hook "group_services" failed: {what}: port label not found'
        return None

    def _track_health(self) -> None:
        if self.allocation.job.spec.kind != "service":
            return
        if self._tracker is not None:
            self._tracker.close()
        agenda = self._machine.agenda
        self._tracker = HealthTracker(self.allocation, self._group, self.tasks, agenda, self._judged)
        self._tracker.review()

    def _judged(self, healthy: bool) -> None:
        if self._failing_together or self._setup_failed():
            return
        now = self._machine.agenda.now_ns
        self.health = Health(healthy=healthy, timestamp_ns=now)
        if self._tracker is not None and self.allocation.deployment_id and not healthy:
            for name, reason in self._tracker.reasons().items():
                self.tasks[name].emit(words.alloc_unhealthy(now, reason))
        self._on_change(self.allocation.id)

    def _setup_failed(self) -> bool:
        return any(not runner.begun and runner.state.failed for runner in self.tasks.values())

    def _task_changed(self, runner: TaskRunner) -> None:
        self._on_change(self.allocation.id)
        if runner.dead and not self._stopping:
            self._task_died(runner)
        if not self._stopping and any(r.begun for r in self.tasks.values()):
            self._start_due()
        if self._tracker is not None:
            self._tracker.review()
        if not self._over and all(r.dead for r in self.tasks.values()):
            self._over = True
            self._on_dead(self.allocation.id)

    def _task_died(self, runner: TaskRunner) -> None:
        now = self._machine.agenda.now_ns
        others = [r for r in self.tasks.values() if not r.dead]
        if not others:
            return
        if runner.state.failed:
            self._stopping = self._failing_together = True
            for other in others:
                other.emit(words.sibling_failed(now, runner.spec.name))
            for each in self.tasks.values():
                each.kill()
        elif runner.spec.leader or self._only_sidecars_left():
            event = words.leader_dead if runner.spec.leader else words.main_dead
            for other in others:
                if other.spec.hook != "poststop":
                    other.emit(event(now))
                    other.kill()

    def _only_sidecars_left(self) -> bool:
        left = [r for r in self.tasks.values() if not r.dead]
        return bool(left) and all(r.spec.sidecar or r.spec.hook == "poststop" for r in left)

    def _start_due(self) -> None:
        for runner in self.tasks.values():
            if not runner.begun and not runner.dead and self._may_begin(runner):
                runner.begin()

    def _may_begin(self, runner: TaskRunner) -> bool:
        hook = runner.spec.hook
        if hook == "prestart":
            return True
        before = [r for r in self.tasks.values() if r.spec.hook == "prestart"]
        prepared = all(r.state.state == "running" if r.spec.sidecar else self._ended_well(r) for r in before)
        if hook == "":
            return prepared
        mains = [r for r in self.tasks.values() if r.spec.hook == ""]
        if hook == "poststart":
            return all(r.state.state == "running" for r in mains)
        return all(r.dead for r in mains)

    def _ended_well(self, runner: TaskRunner) -> bool:
        return runner.dead and not runner.state.failed


def client_status(tasks: dict[str, TaskState]) -> str:
    """An allocation's status out of its tasks' (Nomad's order: failed, running, pending, complete)."""
    states = {task.state for task in tasks.values()}
    if any(task.state == "dead" and task.failed for task in tasks.values()):
        return "failed"
    return "running" if "running" in states else "pending" if "pending" in states else "complete"
