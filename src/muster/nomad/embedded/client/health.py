"""Whether an allocation becomes healthy in time: its tasks run and its checks pass long enough (Nomad's tracker)."""

from collections.abc import Callable, Mapping

from muster.nomad.embedded.agenda import Agenda, Appointment
from muster.nomad.embedded.chance import spread
from muster.nomad.embedded.client.networking import reaches
from muster.nomad.embedded.client.task_runner import TaskRunner
from muster.nomad.embedded.client.words import go_duration
from muster.nomad.embedded.state.specs import CheckSpec, GroupSpec, UpdateSpec
from muster.nomad.embedded.state.values import MILLISECOND, SECOND, Allocation

POLL_NS = 500 * MILLISECOND
WITHOUT_DEPLOYMENT = UpdateSpec(1, "checks", 10 * SECOND, 300 * SECOND, 0, auto_revert=False, canary=0)

Tasks = Mapping[str, TaskRunner]


class HealthTracker:
    """Watches one allocation until it is healthy, unhealthy or stopped; then says so once."""

    def __init__(
        self, allocation: Allocation, group: GroupSpec, tasks: Tasks, agenda: Agenda, on_verdict: Callable[[bool], None]
    ) -> None:
        self._group = group
        self._allocation = allocation
        self._tasks = tasks
        self._agenda = agenda
        self._on_verdict = on_verdict
        in_deployment = bool(allocation.deployment_id) and group.update is not None
        self.policy = group.update if in_deployment and group.update else WITHOUT_DEPLOYMENT
        self.deadline_ns = agenda.now_ns + self.policy.healthy_deadline_ns
        self._settled = False
        self._started_ns: int | None = None
        self._healthy: Appointment | None = None
        self._poll: Appointment | None = None
        self._deadline = agenda.at(self.deadline_ns, lambda: self._settle(healthy=False))

    def close(self) -> None:
        """Watch no longer."""
        self._settled = True
        for appointment in (self._deadline, self._healthy, self._poll):
            if appointment is not None:
                appointment.cancel()

    def review(self) -> None:
        """A task changed: note failures and (re)starts."""
        if self._settled:
            return
        if any(self._broken(runner) for runner in self._tasks.values()):
            self._settle(healthy=False)
            return
        started = self._all_started_ns()
        if started == self._started_ns:
            return
        self._started_ns = started
        self._stop_waiting()
        if started is not None:
            self._wait()

    def reasons(self) -> dict[str, str]:
        """What each task has to say about not being healthy."""
        found = {name: self._reason(runner) for name, runner in self._tasks.items()}
        return {name: reason for name, reason in found.items() if reason}

    def _reason(self, runner: TaskRunner) -> str:
        if runner.state.failed:
            return "Unhealthy because of failed task"
        if runner.state.state == "pending":
            return "Task not running by deadline"
        if runner.state.state == "running":
            wanted = go_duration(self.policy.min_healthy_ns)
            return f"Task not running for min_healthy_time of {wanted} by deadline"
        return ""

    def _broken(self, runner: TaskRunner) -> bool:
        if runner.spec.hook == "poststop":
            return False
        ended = runner.state.finished_ns is not None and runner.spec.hook != "prestart"
        return runner.state.failed or ended

    def _all_started_ns(self) -> int | None:
        """When the last task started; None while one is pending."""
        waiting = [r for r in self._tasks.values() if r.spec.hook != "poststop"]
        if any(runner.state.state == "pending" for runner in waiting):
            return None
        return max((runner.state.started_ns or 0 for runner in waiting), default=None)

    def _stop_waiting(self) -> None:
        for appointment in (self._healthy, self._poll):
            if appointment is not None:
                appointment.cancel()
        self._healthy = self._poll = None

    def _wait(self) -> None:
        if self._checks():
            self._poll = self._agenda.after(POLL_NS, self._look_at_checks)
        else:
            self._count_down()

    def _count_down(self) -> None:
        self._healthy = self._agenda.after(self.policy.min_healthy_ns, lambda: self._settle(healthy=True))

    def _checks(self) -> list[CheckSpec]:
        if self.policy.health_check != "checks":
            return []
        return [check for service in self._group.services for check in service.checks]

    def _look_at_checks(self) -> None:
        passing = all(self._passes(check) for check in self._checks())
        if not passing and self._healthy is not None:
            self._healthy.cancel()
            self._healthy = None
        elif passing and self._healthy is None:
            self._count_down()
        self._poll = self._agenda.after(POLL_NS, self._look_at_checks)

    def _passes(self, check: CheckSpec) -> bool:
        """The result of the check's last run."""
        at_ns = last_run_ns(check, self._allocation, self._started_ns or 0, self._agenda.now_ns)
        return at_ns is not None and check_passes(check, self._allocation, self._group, self._tasks, at_ns)

    def _settle(self, *, healthy: bool) -> None:
        if not self._settled:
            self.close()
            self._on_verdict(healthy)


def last_run_ns(check: CheckSpec, allocation: Allocation, started_ns: int, now_ns: int) -> int | None:
    """When a check ran last: the first time is somewhere within an interval, as Consul spreads them; None before."""
    interval = max(check.interval_ns, SECOND)
    first = started_ns + spread(f"{allocation.id}/{check.name}", interval)
    runs = (now_ns - first) // interval
    return first + runs * interval if runs >= 0 else None


def check_passes(check: CheckSpec, allocation: Allocation, group: GroupSpec, tasks: Tasks, at_ns: int) -> bool:
    """Whether a check that runs at an instant finds its app there and content."""
    for runner in tasks.values():
        if check.kind == "script" and runner.spec.name == (check.task or runner.spec.name):
            return runner.state.state == "running"
        up = runner.state.state == "running" and runner.listening_from_ns <= at_ns
        if up and reaches(allocation, group, runner.spec, check.port, runner.listening):
            return check.kind != "http" or 200 <= runner.behaviour.http_status(check.path) < 300
    return False
