"""What asks for more of the node than an ordinary container."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.warnings.images import docker_configs
from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile


def privileged(file: JobFile) -> Iterator[Finding]:
    """`privileged = true`."""
    detail = (
        "The container may do all that root on the node may. Leave it out, or name the one capability in `cap_add`."
    )
    for config in docker_configs(file):
        if config.flag("privileged"):
            yield Finding(config.span("privileged"), detail)


def capabilities(file: JobFile) -> Iterator[Finding]:
    """`cap_add`."""
    for config in docker_configs(file):
        names = [item.text for item in config.texts("cap_add") if item.text]
        if names:
            detail = f"{', '.join(names)}: each must be in `allow_caps` of every node. Add only what the program needs."
            yield Finding(config.span("cap_add"), detail)


def host_paths(file: JobFile) -> Iterator[Finding]:
    """Folders of the node inside a container."""
    detail = (
        "It is another folder on every node, and nodes allow it only with `volumes { enabled = true }`. Declare a host "
        "volume on the node and write `volume` in the group and `volume_mount` in the task."
    )
    for config in docker_configs(file):
        for item in config.texts("volumes"):
            if (item.text or "").startswith("/"):
                yield Finding(item.span, detail)
        for mount in config.of("mount"):
            if mount.text("type") in ("", "bind") and mount.text("source").startswith("/"):
                yield Finding(mount.span("source"), detail)


def raw_exec(file: JobFile) -> Iterator[Finding]:
    """Tasks without isolation."""
    for task in file.of("task"):
        if task.text("driver") == "raw_exec":
            detail = (
                "raw_exec runs as the agent's user without any isolation, and is off by default: use exec or docker."
            )
            yield Finding(task.span("driver"), detail)
