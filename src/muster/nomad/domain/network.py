"""How a group is reached: ports, services and their checks."""

from typing import Literal

from muster.nomad.domain.values import Part

CheckType = Literal["http", "tcp", "grpc", "script"]


class Port(Part):
    """A port of the group. Without `static` Nomad picks one; `to` is the port inside the container."""

    label: str
    static: int | None = None
    to: int | None = None
    host_network: str | None = None


class Network(Part):
    """The group's network. Mode None is Nomad's default ("host": ports on the host, docker's own bridge below)."""

    mode: str | None = None
    ports: tuple[Port, ...] = ()


class CheckRestart(Part):
    """Restart the task after `limit` failures in a row, not before `grace_s` seconds."""

    limit: int
    grace_s: float = 1.0
    ignore_warnings: bool = False


class Check(Part):
    """A health check of a service. `path` belongs to http, `command` and `task` to script."""

    type: CheckType
    name: str | None = None
    path: str | None = None
    method: str | None = None
    protocol: str | None = None
    port: str | None = None
    interval_s: float = 10.0
    timeout_s: float = 2.0
    command: str | None = None
    args: tuple[str, ...] = ()
    task: str | None = None
    headers: dict[str, tuple[str, ...]] = {}
    grpc_service: str | None = None
    grpc_use_tls: bool = False
    tls_skip_verify: bool = False
    success_before_passing: int | None = None
    failures_before_critical: int | None = None
    restart: CheckRestart | None = None


class Service(Part):
    """A name that others find the group by. `port` is a label of the group's network."""

    name: str
    port: str | None = None
    provider: Literal["consul", "nomad"] = "consul"
    tags: tuple[str, ...] = ()
    meta: dict[str, str] = {}
    address_mode: str | None = None
    task: str | None = None
    checks: tuple[Check, ...] = ()
