"""A registered job: its definition in the server's shape, and what the server says about it."""

from dataclasses import dataclass
from typing import Any

from muster.nomad.embedded.state.specs import JobSpec


@dataclass(frozen=True)
class Job:
    """One version of a job.

    `definition` is the whole job in the server's own shape without the fields below;
    `spec` is the typed part that the simulation reads.
    """

    id: str
    namespace: str
    definition: dict[str, Any]
    spec: JobSpec
    submit_ns: int
    version: int = 0
    status: str = "pending"
    stable: bool = False
    stop: bool = False
    create_index: int = 0
    modify_index: int = 0
    job_modify_index: int = 0

    @property
    def launches_others(self) -> bool:
        """Whether it is periodic or parameterized: it is never placed itself."""
        return bool(self.definition["Periodic"] or self.definition["ParameterizedJob"])

    @property
    def waits_forever(self) -> bool:
        """Whether it has work for as long as it is not stopped."""
        return self.spec.kind == "system" or self.launches_others
