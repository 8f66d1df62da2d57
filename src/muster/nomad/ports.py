"""What nomad-spec needs of the world, in its own words. Adapters live in `tools`, fakes in the tests."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from pydantic import JsonValue

from muster.core.health import Check
from muster.core.repairs import Repair
from muster.nomad.domain.estate.catalog import CatalogService, ServiceEndpoint, StoredValue
from muster.nomad.domain.estate.images import ImageLookup
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.estate.secrets import SecretLookup, SecretMount
from muster.nomad.domain.estate.service_states import CONSUL, FABIO, VAULT
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.outcomes import Observation, PlanOutcome, Registered, Registration, Undone
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.policies import Constraint
from muster.nomad.domain.profile import Analysis
from muster.nomad.domain.submission import Submission
from muster.nomad.domain.values import Part


class ClusterFacts(Part):
    """What the cluster is: its version, where jobs can run and how big its nodes are."""

    address: str
    version: str
    region: str
    datacenters: tuple[str, ...]
    ready_nodes: int
    drivers: tuple[str, ...] = ()
    largest_node_cpu_mhz: int = 0
    largest_node_memory_mb: int = 0
    consul: bool = False
    vault: bool = False
    host_volumes: tuple[str, ...] = ()
    """That a ready node offers to write."""
    read_only_volumes: tuple[str, ...] = ()
    """That ready nodes offer to read alone."""
    csi_volumes: tuple[str, ...] = ()
    """By id, those of the settings' namespace."""
    csi_plugins: tuple[str, ...] = ()
    """That are healthy on some node."""
    devices: tuple[str, ...] = ()
    """Groups of healthy devices on ready nodes, `vendor/type/name`."""
    gpu_marks: tuple[Constraint, ...] = ()
    """What picks the nodes that say by class or meta that they have a GPU, among those that were read."""
    architectures: tuple[str, ...] = ()
    """Of all ready nodes, as Nomad says them (`amd64`); empty where not all were read."""


class Watched(Part):
    """The end of watching a job: what was seen, whether the cluster had decided, and why."""

    decided: bool
    healthy: bool
    promotes: str = ""
    """The deployment whose canaries are healthy and that a person has to promote."""
    reason: str
    deadline_s: float
    observation: Observation


class Cluster(Protocol):
    """A Nomad cluster. Every method raises a ServiceError when the cluster is away."""

    def facts(self) -> ClusterFacts:
        """What the cluster is."""
        ...

    def validate(self, job: Submission) -> tuple[str, ...]:
        """The cluster's own complaints about the job; empty when it is valid."""
        ...

    def plan(self, job: Submission) -> PlanOutcome:
        """A dry run: the diff, the index to register with, and groups that would find no node."""
        ...

    def register(self, job: Submission, *, base_index: int) -> Registration:
        """Submit the job if nothing changed since the plan. Safe to call again after a crash."""
        ...

    def find(self, job: str, *, namespace: str | None = None) -> Registered | None:
        """The job as it is registered now; None when there is none."""
        ...

    def running(self, job: str, *, namespace: str | None = None) -> dict[str, JsonValue] | None:
        """The job as the API has it, so that ours can be laid over it; None when there is none, or it was stopped."""
        ...

    def watch(self, registration: Registered, *, timeout_s: float, see: Callable[[Observation], None]) -> Watched:
        """Follow the evaluation, deployment and allocations until decided.

        Gives up when `timeout_s` has passed on the cluster's clock. `see` is called with every change.
        """
        ...

    def stop(self, registration: Registered) -> Undone:
        """Stop the job, unless it is no longer this one, and wait a bounded time until nothing of it runs.

        Safe to call again.
        """
        ...

    def revert(self, registration: Registered) -> Undone:
        """Go back to the last stable version before this registration, unless the job is no longer this one.

        Waits a bounded time until that version is healthy. Safe to call again, also after the cluster has reverted
        by itself.
        """
        ...


class Codebase(Protocol):
    """Reads repositories; never writes into one."""

    def evidence(self, source: str) -> tuple[Evidence, ...]:
        """Everything the extractors found in the repository at `source` (a path or a git URL). Raises SourceError."""
        ...

    def text(self, source: str, path: str) -> str:
        """One file of the repository, with its own line ends. Raises SourceError."""
        ...

    def material(self, source: str) -> tuple[SourceFile, ...]:
        """Files that may show how the application runs, those nearest to the root first: programs and what starts and
        configures them, bounded in number and size. Raises SourceError."""
        ...

    def name(self, source: str) -> str:
        """The repository's own name."""
        ...


class Secrets(Protocol):
    """Vault: which secrets there are. Never reads a value.

    Every method raises a ServiceError when Vault is away or sealed, or has no token from us.
    """

    def mounts(self) -> tuple[SecretMount, ...]:
        """The KV engines that the token sees."""
        ...

    def list(self, path: str) -> tuple[str, ...]:
        """The names below a path; those that end with `/` are folders. Empty where there is nothing to be seen."""
        ...

    def look_up(self, path: str) -> SecretLookup:
        """What lies at a path, given with or without `data/`: the names of its keys, or why not."""
        ...


class Catalog(Protocol):
    """Consul: services and the key-value store. Every method raises a ServiceError when Consul is away."""

    def services(self) -> tuple[CatalogService, ...]:
        """Every service that the token sees, by name, with how many instances pass."""
        ...

    def filtered(self) -> str:
        """Why lists may be incomplete: Consul leaves out silently what a token may not see. Empty: they are whole."""
        ...

    def endpoints(self, service: str) -> tuple[ServiceEndpoint, ...]:
        """The instances of a service."""
        ...

    def keys(self, prefix: str) -> tuple[str, ...]:
        """The keys below a prefix."""
        ...

    def value(self, key: str) -> StoredValue | None:
        """A value of the store; None where there is none."""
        ...

    def write(self, key: str, text: str, *, base_index: int) -> bool:
        """Write a value if it is still the one of that index (0: if there is none). False where it was changed."""
        ...


class Router(Protocol):
    """The router in front of the cluster, as it routes now."""

    def routes(self) -> tuple[Route, ...]:
        """All routes. Raises a ServiceError when the router is away."""
        ...


class Registry(Protocol):
    """Image registries."""

    def look_up(self, image: str) -> ImageLookup:
        """Whether an image can be pulled, asked without pulling it."""
        ...


class Additions(Part):
    """What an analyst adds to what the extractors found, and what is worth telling about it."""

    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What it was asked for and could not give, or what of it was left out, with the reason."""


class Analyst(Protocol):
    """Reads what the rules could not settle."""

    def add(self, source: str, evidence: Sequence[Evidence], analysis: Analysis) -> Additions:
        """Evidence about what is open in the analysis of the repository at `source`. Raises SourceError."""
        ...


class Advice(Part):
    """Repairs of a failure that were not tried, the best first; else what a person should do."""

    proposals: tuple[Repair[SpecPatch], ...] = ()
    human: str = ""
    warnings: tuple[str, ...] = ()


class Advisor(Protocol):
    """Knows what may cure a failure."""

    def advise(self, failure: Failure, *, memories: tuple[str, ...] = ()) -> Advice:
        """What may cure it. `memories` are earlier failures and what helped, one a line."""
        ...


@dataclass(frozen=True)
class Estate:
    """The services around the cluster; None: not configured, or the user goes on without it."""

    secrets: Secrets | None = None
    catalog: Catalog | None = None
    router: Router | None = None
    registry: Registry | None = None
    checks: tuple[Check, ...] = ()
    """How to find out whether they, and all else that a run talks to, are well; none where nobody is to look."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to ask what there is."""
        return self.secrets is None and self.catalog is None and self.router is None

    def without(self, names: Collection[str]) -> Self:
        """The estate without the services of these names."""
        return replace(
            self,
            secrets=None if VAULT in names else self.secrets,
            catalog=None if CONSUL in names else self.catalog,
            router=None if FABIO in names else self.router,
        )
