"""Rows of a task: docker's config, templates, resources."""

from muster.nomad.domain import task
from muster.nomad.domain.hcl.rows import FLAG, LONG_TEXT, NUMBER, SECONDS, TEXT, TEXTS, Child, MapRow, Row, Table, many
from muster.nomad.domain.hcl.tables_network import SERVICE
from muster.nomad.domain.hcl.tables_policies import AFFINITY, CONSTRAINT, RESTART

BIND_MOUNT = Table(
    "docker mount",
    task.BindMount,
    (
        Row("type", "type"),
        Row("target", "target", unset=""),
        Row("source", "source"),
        Row("readonly", "readonly", FLAG, omit=(False,)),
    ),
)

DOCKER = Table(
    "docker",
    task.DockerConfig,
    (
        Row("image", "image", TEXT, unset=""),
        Row("command", "command"),
        Row("args", "args", TEXTS),
        Row("entrypoint", "entrypoint", TEXTS),
        Row("ports", "ports", TEXTS),
        Row("network_mode", "network_mode"),
        Row("work_dir", "work_dir"),
        Row("force_pull", "force_pull", FLAG, omit=(False,)),
        Row("privileged", "privileged", FLAG, omit=(False,)),
        Row("cap_add", "cap_add", TEXTS),
        Row("cap_drop", "cap_drop", TEXTS),
        Row("volumes", "volumes", TEXTS),
        Row("extra_hosts", "extra_hosts", TEXTS),
        Row("hostname", "hostname"),
        Row("shm_size", "shm_size", NUMBER),
        Row("init", "init", FLAG, omit=(False,)),
        Row("readonly_rootfs", "readonly_rootfs", FLAG, omit=(False,)),
        Row("runtime", "runtime"),
    ),
    blocks=(
        MapRow("labels", "labels", attribute=True),
        many("mounts", "mount", BIND_MOUNT),
    ),
)

DEVICE = Table(
    "RequestedDevice",
    task.Device,
    (Row("count", "count", NUMBER),),
    blocks=(many("constraints", "constraint", CONSTRAINT), many("affinities", "affinity", AFFINITY)),
    label="name",
)

RESOURCES = Table(
    "Resources",
    task.Resources,
    (
        Row("cpu_mhz", "cpu", NUMBER, omit=(0,)),
        Row("cores", "cores", NUMBER, omit=(0,)),
        Row("memory_mb", "memory", NUMBER, unset=300),
        Row("memory_max_mb", "memory_max", NUMBER, omit=(0,)),
    ),
    blocks=(many("devices", "device", DEVICE),),
)

TEMPLATE = Table(
    "Template",
    task.Template,
    (
        Row("destination", "destination", unset=""),
        Row("env", "env", FLAG, omit=(False,)),
        Row("change_mode", "change_mode"),
        Row("change_signal", "change_signal"),
        Row("perms", "perms"),
        Row("left_delimiter", "left_delimiter"),
        Row("right_delimiter", "right_delimiter"),
        Row("data", "data", LONG_TEXT, unset=""),
    ),
    named_by="destination",
)

VAULT = Table(
    "Vault",
    task.Vault,
    (
        Row("policies", "policies", TEXTS),
        Row("role", "role"),
        Row("change_mode", "change_mode"),
        Row("env", "env", FLAG),
    ),
)

SECRET = Table(
    "Secret",
    task.SecretBlock,
    (Row("provider", "provider", unset=""), Row("path", "path", unset="")),
    blocks=(MapRow("config", "config"), MapRow("env", "env")),
    label="name",
)

LIFECYCLE = Table(
    "TaskLifecycle", task.Lifecycle, (Row("hook", "hook"), Row("sidecar", "sidecar", FLAG, omit=(False,)))
)

VOLUME_MOUNT = Table(
    "VolumeMount",
    task.VolumeMount,
    (
        Row("volume", "volume", unset=""),
        Row("destination", "destination", unset=""),
        Row("read_only", "read_only", FLAG, omit=(False,)),
    ),
)

TASK = Table(
    "Task",
    task.TaskSpec,
    (
        Row("driver", "driver"),
        Row("user", "user"),
        Row("leader", "leader", FLAG, omit=(False,)),
        Row("kill_timeout_s", "kill_timeout", SECONDS),
        Row("kill_signal", "kill_signal"),
    ),
    blocks=(
        Child("lifecycle", "lifecycle", LIFECYCLE),
        Child("config", "config", DOCKER),
        MapRow("env", "env", attribute=True),
        MapRow("meta", "meta", attribute=True),
        many("constraints", "constraint", CONSTRAINT),
        many("affinities", "affinity", AFFINITY),
        Child("vault", "vault", VAULT),
        many("secrets", "secret", SECRET),
        many("templates", "template", TEMPLATE),
        many("mounts", "volume_mount", VOLUME_MOUNT),
        many("services", "service", SERVICE),
        Child("restart", "restart", RESTART),
        Child("resources", "resources", RESOURCES, assumed=True),
    ),
    label="name",
)
