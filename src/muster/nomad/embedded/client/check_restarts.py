"""Restarts tasks whose checks stay unhealthy (`check_restart`)."""

from collections.abc import Callable, Mapping

from muster.nomad.embedded.agenda import Agenda
from muster.nomad.embedded.client.health import check_passes
from muster.nomad.embedded.client.task_runner import TaskRunner
from muster.nomad.embedded.state.specs import CheckSpec, GroupSpec
from muster.nomad.embedded.state.values import SECOND, Allocation

LOOK_NS = 1 * SECOND


def watch_checks(
    group: GroupSpec,
    allocation: Allocation,
    tasks: Mapping[str, TaskRunner],
    agenda: Agenda,
    *,
    is_current: Callable[[], bool],
) -> None:
    """Watch each check of the group that may restart something, for as long as the group is the current one."""
    for service in group.services:
        for check in service.checks:
            if check.restart_limit:
                _CheckWatch(check, group, allocation, tasks, agenda, is_current)


class _CheckWatch:
    """Looks at one check each second for as long as a task lives."""

    def __init__(
        self,
        check: CheckSpec,
        group: GroupSpec,
        allocation: Allocation,
        tasks: Mapping[str, TaskRunner],
        agenda: Agenda,
        is_current: Callable[[], bool],
    ) -> None:
        self._is_current = is_current
        self._check = check
        self._group = group
        self._allocation = allocation
        self._tasks = tasks
        self._agenda = agenda
        self._signaled_ns = 0
        self._unhealthy_ns: int | None = None
        agenda.after(LOOK_NS // 2, self._look)

    def _look(self) -> None:
        if not self._is_current() or all(runner.dead for runner in self._tasks.values()):
            return
        self._agenda.after(LOOK_NS, self._look)
        now = self._agenda.now_ns
        if self._in_grace() or check_passes(self._check, self._allocation, self._group, self._tasks, now):
            self._unhealthy_ns = None
        elif self._unhealthy_ns is None:
            self._unhealthy_ns = now
        elif now > self._unhealthy_ns + self._check.interval_ns * (self._check.restart_limit - 1):
            self._restart()

    def _in_grace(self) -> bool:
        """Whether nothing runs, or what runs was started or told to restart just now."""
        started = [r.state.started_ns or 0 for r in self._tasks.values() if r.state.state == "running"]
        since = max([self._signaled_ns, *started])
        return not started or self._agenda.now_ns < since + self._check.restart_grace_ns

    def _restart(self) -> None:
        self._unhealthy_ns = None
        self._signaled_ns = self._agenda.now_ns
        for runner in self._tasks.values():
            if self._check.task in ("", runner.spec.name):
                runner.restart(f'healthcheck: check "{self._check.name}" unhealthy')
