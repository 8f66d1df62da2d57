"""When and where a job runs: placement, updates, restarts. Durations are seconds."""

from typing import Literal

from muster.nomad.domain.values import Part


class Constraint(Part):
    """A node must satisfy this. `operator` is Nomad's: `=`, `!=`, `>`, `version`, `regexp`, `distinct_hosts` ..."""

    attribute: str = ""
    operator: str = "="
    value: str = ""


class Affinity(Part):
    """A node should satisfy this; `weight` is -100 to 100, not 0."""

    attribute: str
    operator: str = "="
    value: str
    weight: int = 50


class SpreadTarget(Part):
    """The share of allocations, in percent, wanted where the attribute has this value."""

    value: str
    percent: int


class Spread(Part):
    """Allocations are spread over the values of an attribute."""

    attribute: str
    weight: int = 50
    targets: tuple[SpreadTarget, ...] = ()


class Update(Part):
    """How a service is rolled out; Nomad wants min_healthy < healthy_deadline < progress_deadline."""

    max_parallel: int = 1
    health_check: str | None = None
    min_healthy_time_s: float = 10.0
    healthy_deadline_s: float = 180.0
    progress_deadline_s: float = 240.0
    auto_revert: bool = False
    auto_promote: bool = False
    canary: int = 0
    stagger_s: float | None = None


class Restart(Part):
    """Restarts on the same node: `attempts` within `interval_s`, then `mode` says fail or delay."""

    attempts: int = 2
    interval_s: float = 1800.0
    delay_s: float = 15.0
    mode: Literal["fail", "delay"] = "fail"


class Reschedule(Part):
    """Moves of a failed allocation to another node."""

    attempts: int | None = None
    interval_s: float | None = None
    delay_s: float | None = None
    delay_function: Literal["constant", "exponential", "fibonacci"] | None = None
    max_delay_s: float | None = None
    unlimited: bool | None = None


class Migrate(Part):
    """How allocations leave a draining node."""

    max_parallel: int = 1
    health_check: str = "checks"
    min_healthy_time_s: float = 10.0
    healthy_deadline_s: float = 300.0


class Periodic(Part):
    """A batch job that starts by the clock; `cron` has five fields (or Nomad's `@daily` forms)."""

    cron: str
    prohibit_overlap: bool = False
    time_zone: str | None = None
    enabled: bool = True
