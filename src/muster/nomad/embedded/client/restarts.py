"""Whether a task that ended or did not start is started again (Nomad's restart tracker)."""

from dataclasses import dataclass
from typing import Literal

from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.client.words import go_duration
from muster.nomad.embedded.state.specs import RestartSpec

JITTER = 4
WITHIN_POLICY = "Restart within policy"


@dataclass(frozen=True)
class Verdict:
    """Start again after a delay, give up as failed, or end well."""

    kind: Literal["restart", "fail", "done"]
    reason: str
    delay_ns: int = 0


class RestartTracker:
    """Counts a task's attempts within the policy's interval."""

    def __init__(self, policy: RestartSpec, now_ns: int, chance: Chance, *, on_success: bool) -> None:
        self._policy = policy
        self._chance = chance
        self._on_success = on_success
        self._interval_start_ns = now_ns
        self._count = 0

    def after_exit(self, now_ns: int, *, success: bool) -> Verdict:
        """The task ended by itself."""
        if success and not self._on_success:
            return Verdict("done", "Restart unnecessary as task terminated successfully")
        if self._policy.attempts == 0:
            return Verdict("fail", "Policy allows no restarts")
        self._attempt(now_ns)
        return self._judge(now_ns)

    def after_start_error(self, now_ns: int, *, recoverable: bool) -> Verdict:
        """The task could not be started."""
        if self._policy.attempts == 0:
            return Verdict("fail", "Policy allows no restarts")
        self._attempt(now_ns)
        if not recoverable:
            return Verdict("fail", "Error was unrecoverable")
        return self._judge(now_ns)

    def _attempt(self, now_ns: int) -> None:
        if now_ns > self._interval_start_ns + self._policy.interval_ns:
            self._count = 0
            self._interval_start_ns = now_ns
        self._count += 1

    def _judge(self, now_ns: int) -> Verdict:
        policy = self._policy
        if self._count <= policy.attempts:
            return Verdict("restart", WITHIN_POLICY, self._jittered())
        if policy.mode == "fail":
            interval = go_duration(policy.interval_ns)
            reason = f'Exceeded allowed attempts {policy.attempts} in interval {interval} and mode is "fail"'
            return Verdict("fail", reason)
        left = self._interval_start_ns + policy.interval_ns - now_ns
        return Verdict("restart", "Exceeded allowed attempts, applying a delay", left)

    def _jittered(self) -> int:
        return self._policy.delay_ns + self._chance.below(max(1, self._policy.delay_ns)) // JITTER
