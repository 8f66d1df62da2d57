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
    def parameterized(self) -> bool:
        """Whether it waits to be dispatched; what was dispatched of it does not."""
        return bool(self.definition["ParameterizedJob"]) and not self.definition["Dispatched"]

    @property
    def launches_others(self) -> bool:
        """Whether it is periodic or parameterized: it is never placed itself."""
        return bool(self.definition["Periodic"]) or self.parameterized

    @property
    def parent(self) -> tuple[str, str] | None:
        """The job that launched it, None for one that a user registered."""
        parent = self.definition["ParentID"]
        return (self.namespace, parent) if parent else None

    @property
    def waits_forever(self) -> bool:
        """Whether it has work for as long as it is not stopped."""
        return self.spec.kind == "system" or self.launches_others
