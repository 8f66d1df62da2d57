"""A task's environment: what Nomad sets, what the job says with `${...}` filled in, and what an image brings."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from muster.nomad.embedded.client.templates import Asker, render_template, rendered_variables
from muster.nomad.embedded.scheduler.constraints import node_value
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import TaskSpec
from muster.nomad.embedded.state.values import Allocation

Json = dict[str, Any]
_REFERENCE = re.compile(r"\$\{([^}]+)\}")


def task_environment(
    allocation: Allocation, task: TaskSpec, node: Node, image_env: Mapping[str, str], asker: Asker
) -> dict[str, str]:
    """All variables that the task sees; the job's win over Nomad's, and those over the image's."""
    own = nomad_variables(allocation, task, node)
    asker = replace(asker, env={**own, **task.env})
    texts = [render_template(template, asker).text for template in task.templates if template.env]
    templates = {name: value for text in texts for name, value in rendered_variables(text).items()}
    written = {name: interpolate(value, own, node) for name, value in task.env.items()}
    return {**image_env, **own, **templates, **written}


def nomad_variables(allocation: Allocation, task: TaskSpec, node: Node) -> dict[str, str]:
    """The NOMAD_* variables; a port that maps to another shows the other (facts: NOMAD_PORT_x is `to`)."""
    found = {
        "NOMAD_ALLOC_ID": allocation.id,
        "NOMAD_ALLOC_INDEX": allocation.name.rsplit("[", 1)[-1].rstrip("]"),
        "NOMAD_ALLOC_NAME": allocation.name,
        "NOMAD_ALLOC_DIR": "/alloc",
        "NOMAD_TASK_DIR": "/local",
        "NOMAD_SECRETS_DIR": "/secrets",
        "NOMAD_CPU_LIMIT": str(task.cpu),
        "NOMAD_MEMORY_LIMIT": str(task.memory_mb),
        "NOMAD_DC": node.datacenter,
        "NOMAD_REGION": "global",
        "NOMAD_NAMESPACE": allocation.job.namespace,
        "NOMAD_JOB_ID": allocation.job.id,
        "NOMAD_JOB_NAME": allocation.job.definition["Name"],
        "NOMAD_GROUP_NAME": allocation.group,
        "NOMAD_TASK_NAME": task.name,
    }
    parent: str = allocation.job.definition["ParentID"]
    found |= {"NOMAD_JOB_PARENT_ID": parent} if parent else {}
    found |= _meta(allocation, task.name)
    for port in allocation.ports:
        found |= {
            f"NOMAD_IP_{port.label}": port.host_ip,
            f"NOMAD_PORT_{port.label}": str(port.to if port.to > 0 else port.value),
            f"NOMAD_ADDR_{port.label}": f"{port.host_ip}:{port.value}",
            f"NOMAD_HOST_PORT_{port.label}": str(port.value),
        }
    return found


def _meta(allocation: Allocation, task_name: str) -> dict[str, str]:
    """NOMAD_META_x for the job's meta, the group's and the task's, as written and in capitals; the nearest wins."""
    group = _named(allocation.job.definition["TaskGroups"], allocation.group)
    task = _named(group.get("Tasks"), task_name)
    found: dict[str, str] = {}
    for holder in (allocation.job.definition, group, task):
        meta: Json = holder.get("Meta") or {}
        for key, value in meta.items():
            found |= {f"NOMAD_META_{key}": str(value), f"NOMAD_META_{key.upper()}": str(value)}
    return found


def _named(blocks: list[Json] | None, name: str) -> Json:
    found = [block for block in blocks or () if block["Name"] == name]
    return found[0] if found else {}


def interpolate(text: str, variables: Mapping[str, str], node: Node) -> str:
    """Fill `${NOMAD_x}`, `${env["x"]}`, `${attr.x}`, `${meta.x}` and `${node.x}`; what is unknown stays as it is."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name.startswith('env["'):
            name = name.removeprefix('env["').removesuffix('"]')
        known = variables.get(name)
        resolved = known if known is not None else node_value(node, found.group(0))
        return found.group(0) if resolved is None else resolved

    return _REFERENCE.sub(value, text)
