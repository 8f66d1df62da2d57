"""What one start of a task comes to: how it will end, what it prints, where it listens."""

from collections.abc import Mapping
from dataclasses import dataclass

from muster.nomad.embedded.client.behaviours import Behaviour
from muster.nomad.embedded.client.networking import listening_ports, on_host_network
from muster.nomad.embedded.client.permissions import forbidden_path
from muster.nomad.embedded.state.specs import GroupSpec, TaskSpec
from muster.nomad.embedded.state.values import Allocation

QUICK_S = 0.05
OOM_CODE = 137


@dataclass(frozen=True)
class Ending:
    """It ends by itself, so many seconds after its start."""

    code: int
    after_s: float
    oom: bool = False


@dataclass(frozen=True)
class Execution:
    """One start; without an ending it runs on."""

    listening: frozenset[int]
    host_network: bool
    stdout: tuple[str, ...]
    stderr: tuple[str, ...]
    ending: Ending | None


def execute(
    behaviour: Behaviour, group: GroupSpec, task: TaskSpec, allocation: Allocation, env: Mapping[str, str]
) -> Execution:
    """Decide from the behaviour and the task's surroundings how a start goes."""
    listening = listening_ports(behaviour, group, task, allocation, env)
    ending, complaint = _ending(behaviour, group, task, env, _memory_limit(task, allocation))
    stderr = (*behaviour.stderr, *complaint)
    return Execution(listening, on_host_network(group, task), behaviour.stdout, stderr, ending)


def collided(execution: Execution, port: int) -> Execution:
    """The same start on a node where somebody else has the port."""
    line = f"listen tcp 0.0.0.0:{port}: bind: address already in use"
    return Execution(frozenset(), True, (), (line,), Ending(1, QUICK_S))


def _memory_limit(task: TaskSpec, allocation: Allocation) -> int:
    """What the kernel lets it have: more than it reserved where the cluster oversubscribes memory."""
    return max(task.memory_mb, task.memory_max_mb if allocation.granted.oversubscribed else 0)


def _ending(
    behaviour: Behaviour, group: GroupSpec, task: TaskSpec, env: Mapping[str, str], memory_mb: int
) -> tuple[Ending | None, tuple[str, ...]]:
    if memory_mb < behaviour.memory_mb and task.driver not in ("raw_exec", "exec"):
        return Ending(OOM_CODE, behaviour.oom_after_s, oom=True), ()
    missing = next((name for name in behaviour.requires_env if not env.get(name)), None)
    if missing is not None:
        return Ending(1, QUICK_S), (behaviour.requires_env[missing],)
    forbidden = forbidden_path(behaviour, group, task)
    if forbidden is not None:
        return Ending(1, QUICK_S), (f"PermissionError: [Errno 13] Permission denied: '{forbidden}'",)
    if behaviour.exit_code is not None:
        return Ending(behaviour.exit_code, behaviour.exit_after_s), ()
    return None, ()
