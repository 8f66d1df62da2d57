"""What Consul's checks of an allocation's services say now, from how its tasks behave."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from muster.nomad.embedded.client.health import Tasks, check_passes, last_run_ns
from muster.nomad.embedded.running import Running
from muster.nomad.embedded.state.specs import CheckSpec, GroupSpec, ServiceSpec
from muster.nomad.embedded.state.values import Allocation


@dataclass(frozen=True)
class Check:
    """One check's last result; `kind` and the times are empty for one that is not Nomad's."""

    id: str
    name: str
    output: str
    kind: str = ""
    interval_ns: int = 0
    timeout_ns: int = 0
    passing: bool = True

    @property
    def status(self) -> str:
        """Consul's word for it."""
        return "passing" if self.passing else "critical"


def service_checks(
    cluster: Running, allocation: Allocation, service: ServiceSpec, identify: Callable[[str], str]
) -> Iterator[Check]:
    """The checks of one service of a running allocation."""
    group = allocation.job.spec.group(allocation.group)
    runner = cluster.clients.runners.get(allocation.id)
    for check in service.checks:
        passing, said = False, ""
        if group is not None and runner is not None:
            passing, said = _result(check, allocation, group, runner.tasks, cluster.agenda.now_ns)
        yield Check(identify(check.name), check.name, said, check.kind, check.interval_ns, check.timeout_ns, passing)


def _result(check: CheckSpec, allocation: Allocation, group: GroupSpec, tasks: Tasks, now_ns: int) -> tuple[bool, str]:
    """Whether it passed when it ran last, and what it said; it is critical before its first run."""
    started = max((runner.state.started_ns or 0 for runner in tasks.values()), default=0)
    at_ns = last_run_ns(check, allocation, started, now_ns)
    if at_ns is None:
        return False, ""
    passing = check_passes(check, allocation, group, tasks, at_ns)
    return passing, _output(check, allocation, tasks, at_ns, passing=passing)


def _output(check: CheckSpec, allocation: Allocation, tasks: Tasks, at_ns: int, *, passing: bool) -> str:
    port = next((port for port in allocation.ports if port.label == check.port), None)
    where = f"{port.host_ip}:{port.value}" if port else "127.0.0.1:0"
    if check.kind == "script":
        return "" if passing else "exit status 1"
    if check.kind in ("tcp", "grpc"):
        return f"TCP connect {where}: Success" if passing else f"dial tcp {where}: connect: connection refused"
    url = f"http://{where}{check.path}"
    up = (runner for runner in tasks.values() if runner.listening and runner.listening_from_ns <= at_ns)
    status = next((runner.behaviour.http_status(check.path) for runner in up), 0)
    if status == 0:
        return f'Get "{url}": dial tcp {where}: connect: connection refused'
    return f"HTTP GET {url}: {status} {HTTPStatus(status).phrase} Output: "
