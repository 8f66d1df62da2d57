"""What is known of an application after merging: each field with its source, conflicts and gaps kept."""

from typing import Literal, get_args

from pydantic import Field

from muster.core.evidence import Sourced
from muster.nomad.domain.backing import backing_image
from muster.nomad.domain.env.cells import EnvSource, Suggestion, source_of
from muster.nomad.domain.facts import (
    AddressFact,
    BuildFact,
    ConstraintFact,
    ContainerFact,
    DependencyFact,
    DependsOnFact,
    FrameworkFact,
    HealthFact,
    LanguageFact,
    PortFact,
    PrivilegeFact,
    UserFact,
    VolumeFact,
    WorkloadFact,
)
from muster.nomad.domain.values import Part

Origin = Literal[
    "user",
    "deploy_env",
    "job",
    "jobforge",
    "makefile",
    "compose",
    "fly",
    "procfile",
    "app.json",
    "ci",
    "kubernetes",
    "dockerfile",
    "example",
    "code",
    "model",
]
"""Who speaks, the surest first; `deploy_env` is the user's own `deploy/.env.deploy`, `job` a Nomad job file, `example`
an example of an environment file, `model` a language model that fills gaps and overrides nobody. A profile's
`Sourced.source` is one of these, or "default" where a rule of ours speaks."""

RUN_ORIGINS: tuple[Origin, ...] = get_args(Origin)[: get_args(Origin).index("dockerfile")]
"""Who says how it is run; what lower sources say is in the image already, or only a hint."""

JobKind = Literal["service", "batch", "periodic", "system"]

Storage = Literal["host", "csi", "none"]
"""What keeps a named volume: a host volume of the nodes, a CSI volume, or nothing beyond the container."""


EnvNote = Literal["", "validated", "custom"]
"""What is known of an answer about a variable: it names a place that exists, or it is the user's own word."""


class EnvEntry(Part):
    """One environment variable. `value` None: nobody gives it one; `origin` says who gives value or place."""

    name: str
    value: str | None = None
    required: bool = False
    secret: bool = False
    place: str = ""
    """Where the value lies: `nomad-var:PATH#KEY` or `vault:PATH#KEY`, and what is no secret also `consul:KEY`."""
    assigned: bool = False
    """Its value is the port that Nomad gives."""
    suggestion: Suggestion | None = None
    """What it could be, where nobody says so: never a fact, only what the question about it offers."""
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)
    """How sure value or place is."""
    note: EnvNote = ""
    optional: bool = False
    """Only an example's comment speaks of it, and the code does without."""
    origin: Origin = "code"
    where: str = ""
    reason: str = ""

    @property
    def source(self) -> EnvSource:
        """What kind of source gives the value."""
        return source_of(place=self.place, value=self.value, assigned=self.assigned)


class ServiceProfile(Part):
    """One service to be. None or empty: nothing says so. `id` is the candidate's, `name` the group's and task's."""

    id: str
    name: str
    image: Sourced[str] | None = None
    build: Sourced[BuildFact] | None = None
    base_image: Sourced[str] | None = None
    architecture: Sourced[str] | None = None
    """What the final stage is built for, as Nomad says it (`arm64`)."""
    listens: Sourced[bool] | None = None
    """Whether it opens a port at all; None where nothing says either."""
    ports: tuple[Sourced[PortFact], ...] = ()
    static_port: Sourced[int] | None = None
    """The port on the node that somebody asked for."""
    health: Sourced[HealthFact] | None = None
    env: tuple[EnvEntry, ...] = ()
    command: Sourced[tuple[str, ...]] | None = None
    entrypoint: Sourced[tuple[str, ...]] | None = None
    user: Sourced[UserFact] | None = None
    workdir: Sourced[str] | None = None
    volumes: tuple[Sourced[VolumeFact], ...] = ()
    language: Sourced[LanguageFact] | None = None
    frameworks: tuple[Sourced[FrameworkFact], ...] = ()
    dependencies: tuple[Sourced[DependencyFact], ...] = ()
    depends_on: tuple[Sourced[DependsOnFact], ...] = ()
    addresses: tuple[Sourced[AddressFact], ...] = ()
    workloads: tuple[Sourced[WorkloadFact], ...] = ()
    job: Sourced[JobKind]
    cron: Sourced[str] | None = None
    cpu_mhz: Sourced[int] | None = None
    memory_mb: Sourced[int] | None = None
    memory_max_mb: Sourced[int] | None = None
    gpus: Sourced[int] | None = None
    replicas: Sourced[int] | None = None
    constraints: tuple[Sourced[ConstraintFact], ...] = ()
    vault_policies: Sourced[tuple[str, ...]] | None = None
    network_mode: Sourced[str] | None = None
    restart: Sourced[str] | None = None
    privileges: tuple[Sourced[PrivilegeFact], ...] = ()
    container: Sourced[ContainerFact] | None = None
    storage: Sourced[Storage] | None = None
    route: Sourced[str] | None = None
    """Host and path at which the outside reaches it."""
    route_tags: Sourced[tuple[str, ...]] | None = None
    """Tags that somebody asked for, for a router of their own."""
    route_hint: Sourced[str] | None = None
    """The same on another platform: a hint for whoever answers."""

    @property
    def unit_name(self) -> str:
        """What the repository calls it: other compose services reach it by this name."""
        return self.id.split(":", 1)[1]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which the other services reach it, as far as a source gives it any."""
        own = (self.unit_name,) if self.id.startswith("compose:") else ()
        return tuple(dict.fromkeys((*own, *(host for one in self.addresses for host in one.value.hosts))))

    @property
    def is_own(self) -> bool:
        """Whether it is built here, and not an image that the application only uses."""
        return self.build is not None or self.id.partition(":")[0] not in ("compose", "kubernetes")

    def port_at(self, host: str, number: str | None) -> Sourced[PortFact]:
        """The port behind `host:number`; without a number, or where nobody knows it, the first."""
        targets = [
            str(one.value.target)
            for one in self.addresses
            if host in one.value.hosts and number in (None, str(one.value.port))
        ]
        wanted = targets[0] if targets else number
        return next((one for one in self.ports if str(one.value.port) == wanted), self.ports[0])


class Conflict(Part):
    """Sources that disagree about a field: the surest wins, the others are kept to be shown."""

    service: str
    field: str
    winner: Sourced[str]
    losers: tuple[Sourced[str], ...]


class Unknown(Part):
    """What nothing says, and where it was looked for."""

    service: str
    field: str
    looked_for: str


class Analysis(Part):
    """Everything that is known of the selected services."""

    name: Sourced[str]
    services: tuple[ServiceProfile, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    problems: tuple[Sourced[str], ...] = ()

    def service(self, name: str) -> ServiceProfile | None:
        """The service of that name, if it is one of the selected."""
        return next((one for one in self.services if one.name == name), None)

    def main(self) -> ServiceProfile | None:
        """The service that the application is about: the first that is built here and listens, then what is built
        here, then what listens and is no database or the like."""
        built = [one for one in self.services if one.is_own]
        own = [one for one in self.services if not (one.image and backing_image(one.image.value))]
        listening = [one for found in (built, own) for one in found if one.ports]
        return next(iter((*(one for one in listening if one in built), *built, *listening, *self.services)), None)
