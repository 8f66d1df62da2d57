"""A job of the HTTP API as a spec: as much of it as the recorded jobs use. Other drivers become docker without image."""

from typing import Any

from muster.nomad.domain.network import Check, CheckRestart, Network, Port, Service
from muster.nomad.domain.policies import Constraint, Restart, Update
from muster.nomad.domain.spec import EphemeralDisk, GroupSpec, JobSpec, VolumeRequest
from muster.nomad.domain.task import DockerConfig, Lifecycle, Resources, TaskSpec, Template, VolumeMount

Raw = dict[str, Any]
NANO = 1_000_000_000


def spec_of(job: Raw) -> JobSpec:
    return JobSpec(
        name=job["ID"],
        type=job.get("Type") or "service",
        datacenters=tuple(job.get("Datacenters") or ("dc1",)),
        groups=tuple(_group(group) for group in job["TaskGroups"]),
    )


def _group(raw: Raw) -> GroupSpec:
    networks = raw.get("Networks") or ()
    return GroupSpec(
        name=raw["Name"],
        count=raw.get("Count") or 1,
        network=_network(networks[0]) if networks else None,
        services=tuple(_service(one) for one in raw.get("Services") or ()),
        volumes=tuple(
            VolumeRequest(name=name, source=one["Source"]) for name, one in (raw.get("Volumes") or {}).items()
        ),
        tasks=tuple(_task(task) for task in raw["Tasks"]),
        constraints=tuple(
            Constraint(attribute=one["LTarget"], operator=one["Operand"], value=one["RTarget"])
            for one in raw.get("Constraints") or ()
        ),
        update=_update(raw["Update"]) if raw.get("Update") else None,
        restart=_restart(raw["RestartPolicy"]) if raw.get("RestartPolicy") else None,
        ephemeral_disk=EphemeralDisk(size_mb=(raw.get("EphemeralDisk") or {}).get("SizeMB") or 300),
    )


def _network(raw: Raw) -> Network:
    ports = [*(raw.get("ReservedPorts") or ()), *(raw.get("DynamicPorts") or ())]
    return Network(
        mode=raw.get("Mode") or None,
        ports=tuple(
            Port(label=one["Label"], static=one.get("Value") or None, to=one.get("To") or None) for one in ports
        ),
    )


def _service(raw: Raw) -> Service:
    return Service(
        name=raw["Name"],
        port=raw.get("PortLabel") or None,
        checks=tuple(_check(one) for one in raw.get("Checks") or ()),
    )


def _check(raw: Raw) -> Check:
    restart = raw.get("CheckRestart")
    return Check(
        type=raw["Type"],
        name=raw.get("Name"),
        path=raw.get("Path") or None,
        port=raw.get("PortLabel") or None,
        interval_s=raw["Interval"] / NANO,
        timeout_s=raw["Timeout"] / NANO,
        restart=CheckRestart(limit=restart["Limit"], grace_s=restart["Grace"] / NANO) if restart else None,
    )


def _task(raw: Raw) -> TaskSpec:
    config, hook = raw.get("Config") or {}, raw.get("Lifecycle")
    return TaskSpec(
        name=raw["Name"],
        config=DockerConfig(
            image=config.get("image", ""),
            command=config.get("command"),
            args=tuple(config.get("args", ())),
            network_mode=config.get("network_mode"),
            ports=tuple(config.get("ports", ())),
        ),
        user=raw.get("User") or None,
        env=raw.get("Env") or {},
        templates=tuple(
            Template(data=one["EmbeddedTmpl"], destination=one["DestPath"], env=one["Envvars"])
            for one in raw.get("Templates") or ()
        ),
        resources=Resources(cpu_mhz=raw["Resources"]["CPU"], memory_mb=raw["Resources"]["MemoryMB"]),
        lifecycle=Lifecycle(hook=hook["Hook"], sidecar=hook["Sidecar"]) if hook else None,
        mounts=tuple(
            VolumeMount(volume=one["Volume"], destination=one["Destination"]) for one in raw.get("VolumeMounts") or ()
        ),
    )


def _update(raw: Raw) -> Update:
    return Update(
        max_parallel=raw["MaxParallel"],
        min_healthy_time_s=raw["MinHealthyTime"] / NANO,
        healthy_deadline_s=raw["HealthyDeadline"] / NANO,
        progress_deadline_s=raw["ProgressDeadline"] / NANO,
        auto_revert=raw["AutoRevert"],
        canary=raw["Canary"],
    )


def _restart(raw: Raw) -> Restart:
    return Restart(
        attempts=raw["Attempts"], interval_s=raw["Interval"] / NANO, delay_s=raw["Delay"] / NANO, mode=raw["Mode"]
    )
