"""What the nodes work with: the ports, picked by `wiring`, never stored."""

from dataclasses import dataclass, field

from muster.core.clock import Clock
from muster.core.limits import Limits
from muster.nomad.domain.build_site import SpecDefaults
from muster.nomad.ports import Cluster, Codebase


@dataclass(frozen=True)
class Policy:
    """How a run behaves, decided by settings and options."""

    verification_timeout_s: float = 300.0
    keep_failed: bool = False
    """Leave a job that failed for good on the cluster, for a human to look at."""
    defaults: SpecDefaults = field(default_factory=SpecDefaults)


@dataclass(frozen=True)
class Context:
    """The ports of one run. `cluster` is None where none is needed: `generate` never talks to one."""

    codebase: Codebase
    cluster: Cluster | None
    clock: Clock
    limits: Limits
    policy: Policy
