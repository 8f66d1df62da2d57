"""What the task drivers say about a task's `config` when they first see it (Nomad validates it no sooner)."""

from collections.abc import Mapping
from typing import Any, cast

from muster.nomad.embedded.state.specs import TaskSpec
from muster.nomad.embedded.state.values import Allocation

DOCKER_KEYS = frozenset(
    (
        "advertise_ipv6_address", "args", "auth", "auth_soft_fail", "cap_add", "cap_drop", "cgroupns", "command",
        "container_exists_attempts", "cpu_cfs_period", "cpu_hard_limit", "cpuset_cpus", "devices", "dns_options",
        "dns_search_domains", "dns_servers", "entrypoint", "extra_hosts", "force_pull", "group_add", "healthchecks",
        "hostname", "image", "image_pull_timeout", "init", "interactive", "ipc_mode", "ipv4_address", "ipv6_address",
        "isolation", "labels", "load", "logging", "mac_address", "memory_hard_limit", "mount", "mounts",
        "network_aliases", "network_mode", "oom_score_adj", "pid_mode", "pids_limit", "port_map", "ports", "privileged",
        "readonly_rootfs", "runtime", "security_opt", "shm_size", "storage_opt", "sysctl", "tty", "ulimit",
        "userns_mode", "uts_mode", "volume_driver", "volumes", "work_dir",
    )
)  # fmt: skip
EXEC_KEYS = frozenset(("command", "args", "pid_mode", "ipc_mode", "cap_add", "cap_drop"))
KNOWN_KEYS: Mapping[str, frozenset[str]] = {
    "docker": DOCKER_KEYS,
    "exec": EXEC_KEYS,
    "raw_exec": EXEC_KEYS,
}
TEXT_LISTS = ("args", "ports", "volumes", "cap_add", "cap_drop", "dns_servers", "extra_hosts")
REQUIRED: Mapping[str, str] = {"docker": "image", "exec": "command", "raw_exec": "command"}


def config_error(task: TaskSpec) -> str | None:
    """What is wrong with the config of a known driver, in the driver's words."""
    known = KNOWN_KEYS.get(task.driver)
    if known is None:
        return None
    stranger = next((key for key in task.config if key not in known), None)
    if stranger is not None:
        return f'Invalid label: No argument or block type is named "{stranger}".'
    scattered = next((key for key in TEXT_LISTS if not isinstance(task.config.get(key, []), list)), None)
    if scattered is not None:
        text = f'Inappropriate value for attribute "{scattered}": list of string required.'
        return f"Incorrect attribute value type: {text}"
    required = REQUIRED[task.driver]
    if not task.config.get(required):
        text = f'The argument "{required}" is required, but no definition was found.'
        return f"Missing required argument: {text}"
    return None


def unknown_port(task: TaskSpec, allocation: Allocation) -> str | None:
    """A label in docker's `ports` that the group's network does not have."""
    known = {port.label for port in allocation.ports}
    wanted = listed(task, "ports") if task.driver == "docker" else []
    return next((label for label in wanted if label not in known), None)


def image_of(task: TaskSpec) -> str:
    """The image that a task runs, empty when it runs none."""
    image: Any = task.config.get("image", "") if task.driver in ("docker", "podman", "containerd-driver") else ""
    return str(image)


def command_of(task: TaskSpec) -> str:
    """Entrypoint, command and arguments in one line."""
    return " ".join(text for key in ("entrypoint", "command", "args") for text in listed(task, key))


def listed(task: TaskSpec, key: str) -> list[str]:
    """The texts of a config value, whatever was written: drivers judge its type no sooner than they start."""
    value: Any = task.config.get(key) or []
    return [str(item) for item in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]
