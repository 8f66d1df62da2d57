"""Rows of a job and its groups: with the other tables, all that a spec is written as."""

from muster.nomad.domain import spec
from muster.nomad.domain.hcl.rows import FLAG, NUMBER, SECONDS, TEXTS, Child, MapRow, Row, Table, many
from muster.nomad.domain.hcl.tables_network import NETWORK, SERVICE
from muster.nomad.domain.hcl.tables_policies import (
    AFFINITY,
    CONSTRAINT,
    MIGRATE,
    PERIODIC,
    RESCHEDULE,
    RESTART,
    SPREAD,
    UPDATE,
)
from muster.nomad.domain.hcl.tables_task import TASK

VOLUME_REQUEST = Table(
    "VolumeRequest",
    spec.VolumeRequest,
    (
        Row("type", "type"),
        Row("source", "source", unset=""),
        Row("read_only", "read_only", FLAG, omit=(False,)),
        Row("access_mode", "access_mode"),
        Row("attachment_mode", "attachment_mode"),
        Row("per_alloc", "per_alloc", FLAG, omit=(False,)),
    ),
    label="name",
)

EPHEMERAL_DISK = Table(
    "EphemeralDisk",
    spec.EphemeralDisk,
    (
        Row("size_mb", "size", NUMBER),
        Row("sticky", "sticky", FLAG, omit=(False,)),
        Row("migrate", "migrate", FLAG, omit=(False,)),
    ),
)

GROUP = Table(
    "TaskGroup",
    spec.GroupSpec,
    (Row("count", "count", NUMBER), Row("shutdown_delay_s", "shutdown_delay", SECONDS)),
    blocks=(
        MapRow("meta", "meta", attribute=True),
        many("constraints", "constraint", CONSTRAINT),
        many("affinities", "affinity", AFFINITY),
        many("spreads", "spread", SPREAD),
        Child("update", "update", UPDATE),
        Child("restart", "restart", RESTART),
        Child("reschedule", "reschedule", RESCHEDULE),
        Child("migrate", "migrate", MIGRATE),
        Child("ephemeral_disk", "ephemeral_disk", EPHEMERAL_DISK),
        Child("network", "network", NETWORK),
        many("volumes", "volume", VOLUME_REQUEST),
        many("services", "service", SERVICE),
        many("tasks", "task", TASK),
    ),
    label="name",
)

JOB = Table(
    "Job",
    spec.JobSpec,
    (
        Row("region", "region"),
        Row("namespace", "namespace"),
        Row("datacenters", "datacenters", TEXTS, unset=()),
        Row("node_pool", "node_pool"),
        Row("type", "type"),
        Row("priority", "priority", NUMBER),
    ),
    blocks=(
        MapRow("meta", "meta", attribute=True),
        many("constraints", "constraint", CONSTRAINT),
        many("affinities", "affinity", AFFINITY),
        many("spreads", "spread", SPREAD),
        Child("update", "update", UPDATE),
        Child("periodic", "periodic", PERIODIC),
        many("groups", "group", GROUP),
    ),
    label="name",
)
