"""Watches one job to its end: its time, its disk, what aegis asks for; tells what was done to it."""

import resource
import signal
import time
from dataclasses import dataclass, field

from muster.aegis.executors.supervisor.cgroups import Group
from muster.aegis.executors.supervisor.child import Child
from muster.aegis.executors.supervisor.disk import written_bytes
from muster.aegis.executors.supervisor.logs import KeptLog, Pump
from muster.aegis.executors.supervisor.plan import Finished, JobFolder, Plan

_LOOK_S = 0.1
_DISK_S = 0.25


@dataclass
class Watch:
    """The supervisor's own acts, as they come to pass."""

    plan: Plan
    folder: JobFolder
    child: Child
    group: Group | None
    began: float = field(default_factory=time.monotonic)
    stopped_for: str | None = None
    disk_limited: bool = False
    _insist_at: float = 0.0
    _asked: bool = False
    _killed: bool = False
    _disk_at: float = 0.0

    def run(self) -> Finished:
        """Until the job has ended, by itself or not."""
        pump = self._pump()
        while self.child.process.poll() is None:
            pump.wait(_LOOK_S) if pump.is_open else time.sleep(_LOOK_S)
            self._stop_in_time()
            self._mind_the_disk()
        seconds = time.monotonic() - self.began
        self._end_all()
        pump.drain()
        return self._finished(seconds)

    def _pump(self) -> Pump:
        out, err = self.child.process.stdout, self.child.process.stderr
        assert out is not None
        assert err is not None
        path = self.folder.path
        return Pump({out: KeptLog(path / "stdout.log"), err: KeptLog(path / "stderr.log")})

    def _stop_in_time(self) -> None:
        now = time.monotonic()
        if self.stopped_for is None:
            late = self.plan.seconds is not None and now - self.began > self.plan.seconds
            self.stopped_for = self.folder.asked_to_stop() or ("timeout" if late else None)
            self._insist_at = now + self.plan.grace_s
        if self.stopped_for is None:
            return
        if not self._asked:
            self._asked = self.child.terminate()
        if now > self._insist_at:
            self._kill()

    def _mind_the_disk(self) -> None:
        """At once, without a word to the job: what is over the limit goes on growing."""
        now = time.monotonic()
        if now < self._disk_at:
            return
        outputs = self.folder.path / self.plan.outputs
        if written_bytes(outputs, self.child.pids()) > self.plan.disk_mb * 2**20:
            self.disk_limited = True
            self._kill()
        self._disk_at = time.monotonic() + max(_DISK_S, 4 * (time.monotonic() - now))  # a fifth of the time at most

    def _kill(self) -> None:
        self._killed = True
        self.child.kill()

    def _end_all(self) -> None:
        """What the script left running ends with it."""
        self.child.kill()
        if self.group is not None:
            self.group.kill_rest()

    def _finished(self, seconds: float) -> Finished:
        code = self.child.process.returncode
        status = 128 - code if code < 0 else code
        oom_kills = self.group.oom_kills() if self.group else 0
        return Finished(
            exit_status=status,
            seconds=seconds,
            was_ready=self.child.was_ready(),
            stopped_for=self.stopped_for,
            oom_kills=oom_kills,
            cpu_limited=not self._killed and oom_kills == 0 and self._used_up_cpu(status),
            disk_limited=self.disk_limited,
            memory_peak_mb=self.group.memory_peak_mb() if self.group else None,
        )

    def _used_up_cpu(self, status: int) -> bool:
        """The signal of a CPU limit, and as much CPU time used: any kill may look the same."""
        if self.plan.cpu_seconds is None or status not in (128 + signal.SIGXCPU, 128 + signal.SIGKILL):
            return False
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime >= self.plan.cpu_seconds - 1
