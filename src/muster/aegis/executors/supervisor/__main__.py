"""`python -P -m muster.aegis.executors.supervisor FOLDER`: runs the job of a folder, detached, to its end.

It outlives whoever started it, so that a killed aegis finds the job again and learns how it ended. It returns to its
caller as soon as the job runs: status 0, or 1 with the reason on standard error. Standard library only: it stays
small for as long as a training takes.
"""

import os
import sys
import time
from pathlib import Path

from muster.aegis.executors.supervisor.cgroups import Group, Limits, make_group
from muster.aegis.executors.supervisor.child import begin
from muster.aegis.executors.supervisor.plan import JobFolder, Plan, Started
from muster.aegis.executors.supervisor.watch import Watch


def main() -> int:
    """Detach, and tell the caller how starting went."""
    folder = JobFolder(Path(sys.argv[1]))
    told_read, told_write = os.pipe()
    if os.fork():
        os.close(told_write)
        said = os.read(told_read, 4096).decode(errors="replace")
        sys.stderr.write(said.removeprefix("ok"))
        return 0 if said.startswith("ok") else 1
    os.close(told_read)
    os.setsid()
    return _supervise(folder, told_write)


def _supervise(folder: JobFolder, told: int) -> int:
    lock = folder.hold()
    if lock is None or folder.started() is not None:
        os.write(told, b"ok")  # another one was faster: the job was launched, once
        return 0
    plan = folder.plan()
    group = make_group(plan.name, Limits(plan.memory_mb, plan.pids, plan.cpus)) if plan.grouped else None
    if plan.grouped and group is None:
        os.write(told, b"no control group could be made below our own")
        return 1
    try:
        watch = _begin(folder, plan, group)
    except OSError as error:
        os.write(told, f"can't start {plan.argv[0]}: {error}".encode())
        return 1
    os.write(told, b"ok")
    _let_go(told)
    folder.write_finished(watch.run())
    if group is not None:
        group.remove()
    return 0


def _begin(folder: JobFolder, plan: Plan, group: Group | None) -> Watch:
    memory_by = f"cgroup v{group.version}" if group else "rlimit"
    began = time.time()
    child = begin(plan, group, str(folder.path))
    folder.write_started(Started(supervisor_pid=os.getpid(), started_at=began, memory_by=memory_by))
    return Watch(plan, folder, child, group)


def _let_go(told: int) -> None:
    """Nobody waits for our output any more."""
    os.close(told)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
