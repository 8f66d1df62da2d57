"""A workload as the body of Docker's `POST /containers/create`, and the frames of its logs."""

import inspect
import json
from pathlib import Path

from pydantic import JsonValue

from muster.aegis.domain.workload import Workload
from muster.aegis.executors import remote_start
from muster.aegis.executors.bubblewrap import visible_files
from muster.aegis.executors.sandbox_planning import Ceilings

_TMP = "rw,nosuid,nodev,size=512m"


def container(workload: Workload, folder: Path, image: str, python: str, ceilings: Ceilings) -> dict[str, JsonValue]:
    """No network, nothing writable but outputs and sized scratch, no capability, the machine's nobody."""
    start: dict[str, JsonValue] = {
        **{"folder": "/job", "links": {}, "script": "/job/script.py"},
        **{"seconds": workload.limits.seconds, "grace_s": ceilings.grace_s},
    }
    env = {"HOME": "/tmp", "HF_HUB_OFFLINE": "1", **workload.env}
    return {
        "Image": image,
        "User": "65534:65534",
        "Entrypoint": [python, "-c", inspect.getsource(remote_start), json.dumps(start)],
        "Cmd": [],
        "Env": [f"{name}={value}" for name, value in env.items()],
        "WorkingDir": "/job",
        "NetworkDisabled": True,
        "Labels": {"muster.job": workload.name},
        "HostConfig": _host(workload, folder, ceilings),
    }


def _host(workload: Workload, folder: Path, ceilings: Ceilings) -> dict[str, JsonValue]:
    limits = workload.limits
    memory = (limits.memory_mb or ceilings.memory_mb) * 2**20
    disk = (limits.disk_mb or ceilings.disk_mb) * 2**20
    cpu: list[JsonValue] = [_ulimit("cpu", limits.cpu_seconds)] if limits.cpu_seconds else []
    host: dict[str, JsonValue] = {
        "NetworkMode": "none",
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "Init": True,
        "Mounts": _mounts(workload, folder),
        "Tmpfs": {"/tmp": _TMP},
        "ShmSize": 512 * 2**20,
        "Memory": memory,
        "MemorySwap": memory,
        "PidsLimit": ceilings.pids,
        "Ulimits": [_ulimit("core", 0), _ulimit("fsize", disk), _ulimit("nofile", 4096), *cpu],
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "4m", "max-file": "2"}},
    }
    if limits.cpus:
        host["NanoCpus"] = int(limits.cpus * 1e9)
    if limits.gpus:
        host["DeviceRequests"] = [{"Driver": "", "Count": limits.gpus, "Capabilities": [["gpu"]]}]
    return host


def _mounts(workload: Workload, folder: Path) -> list[JsonValue]:
    inputs: list[JsonValue] = [
        _bind(source, f"/job/inputs/{name}{target}")
        for name, path in workload.inputs.items()
        for source, target in visible_files(Path(path))
    ]
    script, outputs = _bind(folder / "script.py", "/job/script.py"), _bind(folder / "outputs", "/job/outputs")
    inputs_folder: JsonValue = {"Type": "tmpfs", "Target": "/job", "TmpfsOptions": {"SizeBytes": 2**20}}
    return [inputs_folder, script, *inputs, {**outputs, "ReadOnly": False}]


def _bind(source: Path, target: str) -> dict[str, JsonValue]:
    return {"Type": "bind", "Source": str(source), "Target": target, "ReadOnly": True}


def _ulimit(name: str, most: int) -> JsonValue:
    return {"Name": name, "Soft": most, "Hard": most}


def demultiplex(frames: bytes) -> str:
    """The text of a log without a terminal: frames of one byte for the stream, three of nothing, four of length."""
    text, rest = b"", frames
    while len(rest) >= 8:
        length = int.from_bytes(rest[4:8], "big")
        text, rest = text + rest[8 : 8 + length], rest[8 + length :]
    return text.decode(errors="replace")
