"""How a job is rolled out and restarted: within the time that somebody watches."""

from muster.nomad.domain.policies import Restart, Update
from muster.nomad.domain.profile import JobKind, ServiceProfile

MARGIN_S = 60.0
"""Between healthy deadline, progress deadline and the end of watching, where there is that much time."""


def update_policy(kind: JobKind, service: ServiceProfile, verify_deadline_s: float) -> Update | None:
    """min_healthy < healthy_deadline < progress_deadline < the watcher's deadline; batch jobs have none.

    A container that says it starts slowly (`start_period`) gets the time it asks for, beyond the watcher's if need be.
    """
    if kind not in ("service", "system"):
        return None
    start_s = service.health.value.start_period_s if service.health else None
    step = min(MARGIN_S, verify_deadline_s / 5)
    healthy = max(verify_deadline_s - 2 * step, (start_s or 0.0) + step)
    return Update(
        min_healthy_time_s=min(10.0, round(healthy / 4, 3)),
        healthy_deadline_s=round(healthy, 3),
        progress_deadline_s=round(healthy + step, 3),
    )


def restart_policy(kind: JobKind, service: ServiceProfile) -> Restart:
    """Two restarts, as Nomad's default; more where it waits for other services; none where compose says `no`."""
    if service.restart and service.restart.value == "no" and kind in ("batch", "periodic"):
        return Restart(attempts=0)
    if kind in ("batch", "periodic"):
        return Restart(attempts=2, interval_s=3600.0)
    if service.depends_on:
        return Restart(attempts=5, interval_s=300.0, delay_s=10.0)
    return Restart(attempts=2, interval_s=1800.0, delay_s=15.0)
