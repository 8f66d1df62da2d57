"""Rows of ports, services and checks."""

from muster.nomad.domain import network
from muster.nomad.domain.hcl.rows import FLAG, NUMBER, SECONDS, TEXTS, Child, MapRow, Row, Table, many

PORT = Table(
    "Port",
    network.Port,
    (Row("static", "static", NUMBER), Row("to", "to", NUMBER), Row("host_network", "host_network")),
    label="label",
)

NETWORK = Table(
    "NetworkResource",
    network.Network,
    (Row("mode", "mode"),),
    blocks=(many("ports", "port", PORT),),
)

CHECK_RESTART = Table(
    "CheckRestart",
    network.CheckRestart,
    (
        Row("limit", "limit", NUMBER, unset=0),
        Row("grace_s", "grace", SECONDS),
        Row("ignore_warnings", "ignore_warnings", FLAG, omit=(False,)),
    ),
)

CHECK = Table(
    "ServiceCheck",
    network.Check,
    (
        Row("name", "name"),
        Row("type", "type"),
        Row("path", "path"),
        Row("method", "method"),
        Row("protocol", "protocol"),
        Row("port", "port"),
        Row("command", "command"),
        Row("args", "args", TEXTS),
        Row("task", "task"),
        Row("grpc_service", "grpc_service"),
        Row("grpc_use_tls", "grpc_use_tls", FLAG, omit=(False,)),
        Row("tls_skip_verify", "tls_skip_verify", FLAG, omit=(False,)),
        Row("interval_s", "interval", SECONDS),
        Row("timeout_s", "timeout", SECONDS),
        Row("success_before_passing", "success_before_passing", NUMBER),
        Row("failures_before_critical", "failures_before_critical", NUMBER),
    ),
    blocks=(
        MapRow("headers", "header", lists=True),
        Child("restart", "check_restart", CHECK_RESTART),
    ),
    named_by="type",
)

SERVICE = Table(
    "Service",
    network.Service,
    (
        Row("name", "name", unset=""),
        Row("provider", "provider", omit=("consul",)),
        Row("port", "port"),
        Row("address_mode", "address_mode"),
        Row("task", "task"),
        Row("tags", "tags", TEXTS),
    ),
    blocks=(
        MapRow("meta", "meta"),
        many("checks", "check", CHECK),
    ),
    named_by="name",
)
