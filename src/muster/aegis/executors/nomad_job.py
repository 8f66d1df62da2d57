"""A workload as a Nomad batch job: tried once, on one allocation, in a container of nobody without a network."""

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.aegis.domain.workload import Workload
from muster.aegis.executors import remote_start
from muster.aegis.executors.sandbox_planning import Ceilings

TASK = "job"
FOLDER = "/local/job"
"""In the container; `job/local/job` in the allocation's files."""
_INPUTS = "/inputs"
_TMP = {"type": "tmpfs", "target": "/tmp", "tmpfs_options": {"size": 512 * 2**20}}
_NO_TEMPLATE = "\x1emuster\x1e"
"""In place of `{{`: no script holds it, so that a script is never a template."""


@dataclass(frozen=True)
class Place:
    """Where jobs run. `volume` is a host volume that holds what `volume_root` holds on this machine."""

    image: str
    volume: str
    volume_root: Path
    datacenters: tuple[str, ...] = ("*",)
    namespace: str = "default"
    python: str = "python3"


def render_job(
    job_id: str, workload: Workload, within: Mapping[str, str], place: Place, ceilings: Ceilings
) -> dict[str, Any]:
    """The body of `POST /v1/jobs`; registering it a second time is refused. `within` is where each input lies in the
    volume."""
    group: dict[str, Any] = {
        "Name": TASK,
        "Count": 1,
        "RestartPolicy": {"Attempts": 0, "Mode": "fail"},
        "ReschedulePolicy": {"Attempts": 0, "Unlimited": False},
        "EphemeralDisk": {"SizeMB": workload.limits.disk_mb or ceilings.disk_mb},
        "Volumes": {"inputs": {"Name": "inputs", "Type": "host", "Source": place.volume, "ReadOnly": True}},
        "Tasks": [_task(workload, within, place, ceilings)],
    }
    job: dict[str, Any] = {
        **{"ID": job_id, "Name": job_id, "Type": "batch", "Namespace": place.namespace},
        **{"Datacenters": list(place.datacenters), "TaskGroups": [group]},
    }
    return {"Job": job, "EnforceIndex": True, "JobModifyIndex": 0}


def _task(workload: Workload, within: Mapping[str, str], place: Place, ceilings: Ceilings) -> dict[str, Any]:
    start = ["-c", inspect.getsource(remote_start), json.dumps(_start(workload, within, ceilings))]
    env = {"HOME": "/tmp", "HF_HUB_OFFLINE": "1", **workload.env}
    return {
        "Name": TASK,
        "Driver": "docker",
        "User": "65534",
        "Config": {
            **{"image": place.image, "command": place.python, "args": start, "network_mode": "none"},
            **{"cap_drop": ["all"], "security_opt": ["no-new-privileges"], "readonly_rootfs": True},
            **{"pids_limit": ceilings.pids, "mount": [_TMP]},
        },
        "Env": {**env},
        "Templates": [_script(workload)],
        "Resources": _resources(workload, ceilings),
        "VolumeMounts": [{"Volume": "inputs", "Destination": _INPUTS, "ReadOnly": True}],
        "KillTimeout": int(ceilings.grace_s * 1e9),
        "LogConfig": {"MaxFiles": 2, "MaxFileSizeMB": 4},
    }


def _script(workload: Workload) -> dict[str, Any]:
    return {
        **{"EmbeddedTmpl": workload.script, "DestPath": "local/script.py", "ChangeMode": "noop"},
        **{"LeftDelim": _NO_TEMPLATE, "RightDelim": _NO_TEMPLATE},
    }


def _start(workload: Workload, within: Mapping[str, str], ceilings: Ceilings) -> dict[str, Any]:
    links: dict[str, Any] = {name: f"{_INPUTS}/{path}" for name, path in within.items()}
    return {
        **{"folder": FOLDER, "links": links, "script": "/local/script.py"},
        **{"seconds": workload.limits.seconds, "grace_s": ceilings.grace_s - 1},
    }


def _resources(workload: Workload, ceilings: Ceilings) -> dict[str, Any]:
    limits = workload.limits
    resources: dict[str, Any] = {"MemoryMB": limits.memory_mb or ceilings.memory_mb}
    if limits.cpus:
        resources["Cores"] = max(1, round(limits.cpus))
    if limits.gpus:
        resources["Devices"] = [{"Name": "nvidia/gpu", "Count": limits.gpus}]
    return resources
