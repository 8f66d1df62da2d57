"""One task: what runs, with what, in how much memory."""

from typing import Literal

from muster.nomad.domain.network import Service
from muster.nomad.domain.policies import Affinity, Constraint, Restart
from muster.nomad.domain.values import Part, Text


class BindMount(Part):
    """Docker's `mount` block of the task's config: a bind, volume or tmpfs."""

    type: Literal["bind", "volume", "tmpfs"] = "bind"
    target: str
    source: str | None = None
    readonly: bool = False


class DockerConfig(Part):
    """The docker driver's `config` block. `ports` are labels of the group's network."""

    image: Text
    command: str | None = None
    args: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    network_mode: str | None = None
    work_dir: str | None = None
    force_pull: bool = False
    privileged: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    mounts: tuple[BindMount, ...] = ()
    labels: dict[str, str] = {}
    extra_hosts: tuple[str, ...] = ()
    hostname: str | None = None
    shm_size: int | None = None
    init: bool = False
    readonly_rootfs: bool = False
    runtime: str | None = None


class Device(Part):
    """A device such as `nvidia/gpu`."""

    name: str
    count: int = 1
    constraints: tuple[Constraint, ...] = ()
    affinities: tuple[Affinity, ...] = ()


class Resources(Part):
    """`cpu_mhz` or `cores`, never both; memory in MB; `memory_max_mb` is the ceiling above the reservation."""

    cpu_mhz: int | None = None
    cores: int | None = None
    memory_mb: int
    memory_max_mb: int | None = None
    devices: tuple[Device, ...] = ()


class Template(Part):
    """A file that Nomad renders; with `env` its `K=V` lines become the task's environment."""

    data: str
    destination: str
    env: bool = False
    change_mode: Literal["restart", "noop", "signal", "script"] | None = None
    change_signal: str | None = None
    perms: str | None = None
    left_delimiter: str | None = None
    right_delimiter: str | None = None


class Vault(Part):
    """Access to Vault: policies below Nomad 1.10, a role (workload identity) from 1.7 on."""

    policies: tuple[str, ...] = ()
    role: str | None = None
    change_mode: str | None = None
    env: bool | None = None


class SecretBlock(Part):
    """What `${secret.NAME.KEY}` is read from, once, before the task starts (Nomad 1.11 and later).

    `provider` is `vault`, `nomad` or a plugin's name; `config` is for the first two, `env` for plugins.
    """

    name: str
    provider: str
    path: str
    config: dict[str, str] = {}
    env: dict[str, str] = {}


class Lifecycle(Part):
    """A task that runs before, beside or after the main ones."""

    hook: Literal["prestart", "poststart", "poststop"]
    sidecar: bool = False


class VolumeMount(Part):
    """Where a group's volume appears in the task."""

    volume: str
    destination: str
    read_only: bool = False


class TaskSpec(Part):
    """One container. Values of `env` are text, a variable, or text with Nomad's runtime interpolation."""

    name: str
    driver: Literal["docker"] = "docker"
    config: DockerConfig
    user: str | None = None
    env: dict[str, Text] = {}
    templates: tuple[Template, ...] = ()
    vault: Vault | None = None
    secrets: tuple[SecretBlock, ...] = ()
    resources: Resources
    lifecycle: Lifecycle | None = None
    leader: bool = False
    mounts: tuple[VolumeMount, ...] = ()
    services: tuple[Service, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    affinities: tuple[Affinity, ...] = ()
    restart: Restart | None = None
    kill_timeout_s: float | None = None
    kill_signal: str | None = None
    meta: dict[str, str] = {}
