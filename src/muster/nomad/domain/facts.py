"""What an extractor can say about a repository: one typed fact, about one unit, with its place.

A unit is what could become a task: `compose:web` (a compose service), `kubernetes:web` (a workload there, with
`kubernetes:web/proxy` for another of its containers), `dockerfile:api/Dockerfile` (an image that can be built),
`process:api/worker` (a process beside the main one, by a file in the folder api), or `folder:api` (what package files
and code in that folder say; the root is `folder:.`).
"""

from typing import Annotated, Literal

from pydantic import Field

from muster.nomad.domain.port_forms import port_text
from muster.nomad.domain.reaching import AddressFact, DependsOnFact, NetworkModeFact, RouteFact
from muster.nomad.domain.values import Part


class ImageFact(Part):
    """The image that runs here, by evidence (compose `image:`). Never a base image."""

    kind: Literal["image"] = "image"
    image: str


class BuildFact(Part):
    """The unit's image is built from this Dockerfile. Paths are relative to the root of the repository."""

    kind: Literal["build"] = "build"
    context: str
    dockerfile: str
    target: str | None = None
    args: dict[str, str] = {}


class BaseImageFact(Part):
    """The image that the final stage starts from."""

    kind: Literal["base_image"] = "base_image"
    image: str
    platform: str | None = None


class PortFact(Part):
    """The unit listens on `port` inside its container. `published` is the port asked for outside."""

    kind: Literal["port"] = "port"
    port: int
    protocol: Literal["tcp", "udp"] = "tcp"
    published: int | None = None
    env: str | None = None
    """The environment variable that sets the port, where the code reads one."""
    env_form: str | None = None
    """How its value is written around the number, e.g. `0.0.0.0:{port}`. None: a bare number, or not known where its
    name asks for an address."""

    def env_value(self, port: str) -> str | None:
        """What `env` is to be set to; None where there is none, or nothing shows how its address is written."""
        return port_text(self.env, self.env_form, port) if self.env else None


class EnvFact(Part):
    """An environment variable. `value` None: it is read, and nothing here gives it a value."""

    kind: Literal["env"] = "env"
    name: str
    value: str | None = None
    required: bool = False
    """The code reads it and has no default."""
    secret: bool = False
    """By its name or shape a secret: its value is never kept."""
    place: str = ""
    """Where its value lies, if somebody says so: `vault:PATH#KEY`, `nomad-var:PATH#KEY` or `consul:KEY`."""
    assigned: bool = False
    """Its value is the port that Nomad gives."""
    optional: bool = False
    """An example names it behind a comment: it does without."""


class CommandFact(Part):
    """What is started; None means that the image's own stays."""

    kind: Literal["command"] = "command"
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    entrypoint_at: str = ""
    """Where the entrypoint stands, if not where the command does."""


class UserFact(Part):
    """The user that the process runs as: a name, `uid` or `uid:gid`; uid None where only a name is known."""

    kind: Literal["user"] = "user"
    user: str
    uid: int | None = None


class WorkdirFact(Part):
    """The working directory in the container."""

    kind: Literal["workdir"] = "workdir"
    path: str


class VolumeFact(Part):
    """Data that the container keeps at `path`. `source` is a named volume or a host path."""

    kind: Literal["volume"] = "volume"
    path: str
    source: str | None = None
    type: Literal["named", "bind", "anonymous", "tmpfs"] = "anonymous"
    read_only: bool = False


class HealthFact(Part):
    """How the unit's health is known: an HTTP route, an open port, or a command run inside."""

    kind: Literal["health"] = "health"
    type: Literal["http", "tcp", "command", "disabled"]
    path: str | None = None
    port: int | None = None
    command: tuple[str, ...] = ()
    interval_s: float | None = None
    timeout_s: float | None = None
    start_period_s: float | None = None
    retries: int | None = None


class LanguageFact(Part):
    """The language of the code, and its package manager."""

    kind: Literal["language"] = "language"
    language: str
    version: str | None = None
    package_manager: str | None = None


class FrameworkFact(Part):
    """A framework, by its package or import; `default_port` is where it listens when nothing else is said."""

    kind: Literal["framework"] = "framework"
    framework: str
    default_port: int | None = None
    listens: bool = True
    """False for one that opens no port: a worker, a bot, a command line."""


class WorkloadFact(Part):
    """A sign of the kind of job: a server, a queue worker, a batch run, a periodic one, heavy computing."""

    kind: Literal["workload"] = "workload"
    workload: Literal["server", "worker", "batch", "periodic", "system", "compute"]
    cron: str | None = None


class DependencyFact(Part):
    """An external service that the code talks to, e.g. postgres, redis, kafka, s3."""

    kind: Literal["dependency"] = "dependency"
    service: str
    by: str
    """What shows it: a client library, a URL scheme."""


class ResourcesFact(Part):
    """Limits or reservations that somebody wrote down."""

    kind: Literal["resources"] = "resources"
    cpu_mhz: int | None = None
    memory_mb: int | None = None
    memory_max_mb: int | None = None
    gpus: int | None = None


class ConstraintFact(Part):
    """What somebody demands of the node, in Nomad's words."""

    kind: Literal["constraint"] = "constraint"
    attribute: str
    operator: str = "="
    value: str = ""


class VaultFact(Part):
    """The Vault policies that the task is given."""

    kind: Literal["vault"] = "vault"
    policies: tuple[str, ...]


class ReplicasFact(Part):
    """How many run."""

    kind: Literal["replicas"] = "replicas"
    count: int


class ProfilesFact(Part):
    """Compose profiles: the service starts only when one of them is asked for."""

    kind: Literal["profiles"] = "profiles"
    profiles: tuple[str, ...]


class RestartFact(Part):
    """Compose or platform restart policy: `no`, `always`, `on-failure`, `unless-stopped`."""

    kind: Literal["restart"] = "restart"
    policy: str


class PrivilegeFact(Part):
    """The file asks for more than an ordinary container: privileged, capabilities, host mounts. Kept to be shown."""

    kind: Literal["privilege"] = "privilege"
    privilege: str
    detail: str = ""


class ContainerFact(Part):
    """How whoever runs a service wants its container to be. None or empty: it does not say."""

    kind: Literal["container"] = "container"
    cap_drop: tuple[str, ...] = ()
    readonly_rootfs: bool = False
    init: bool = False
    labels: dict[str, str] = {}
    hostname: str | None = None
    shm_size: int | None = None
    """In bytes."""
    stop_signal: str | None = None
    stop_grace_s: float | None = None
    not_carried: tuple[str, ...] = ()
    """Keys of the service that a job of ours has no place for."""
    lines: dict[str, str] = {}
    """Where each setting stands, by compose's key for it."""


class NameFact(Part):
    """What the application is called."""

    kind: Literal["name"] = "name"
    name: str


class ProblemFact(Part):
    """Something that could not be read or makes no sense; the analysis goes on without it."""

    kind: Literal["problem"] = "problem"
    problem: str


Fact = Annotated[
    ImageFact
    | BuildFact
    | BaseImageFact
    | PortFact
    | EnvFact
    | CommandFact
    | UserFact
    | WorkdirFact
    | VolumeFact
    | HealthFact
    | LanguageFact
    | FrameworkFact
    | WorkloadFact
    | DependencyFact
    | DependsOnFact
    | ResourcesFact
    | ConstraintFact
    | VaultFact
    | ReplicasFact
    | NetworkModeFact
    | ProfilesFact
    | RestartFact
    | PrivilegeFact
    | ContainerFact
    | AddressFact
    | RouteFact
    | NameFact
    | ProblemFact,
    Field(discriminator="kind"),
]


class Evidence(Part):
    """A fact, who found it, where (`file:line`) and why it matched."""

    unit: str
    fact: Fact
    source: str
    where: str
    reason: str
    confidence: float = 1.0
