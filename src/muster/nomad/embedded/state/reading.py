"""Reads the typed part of a job out of its definition in the server's shape."""

from typing import Any

from muster.nomad.embedded.state.specs import (
    Affinity,
    CheckSpec,
    Constraint,
    DeviceRequest,
    GroupSpec,
    JobSpec,
    MountSpec,
    PortSpec,
    RescheduleSpec,
    RestartSpec,
    ServiceSpec,
    Spread,
    TaskSpec,
    TemplateSpec,
    UpdateSpec,
    VolumeSpec,
)

Json = dict[str, Any]


def read_spec(job: Json) -> JobSpec:
    """The typed part of a job whose definition is complete."""
    return JobSpec(
        kind=job["Type"],
        priority=job["Priority"],
        datacenters=tuple(job["Datacenters"] or ()),
        constraints=_constraints(job),
        affinities=_affinities(job),
        spreads=_spreads(job),
        groups=tuple(_group(group) for group in job["TaskGroups"] or ()),
        stagger_ns=job["Update"]["Stagger"],
        max_parallel=job["Update"]["MaxParallel"],
    )


def _constraints(owner: Json) -> tuple[Constraint, ...]:
    return tuple(Constraint(c["LTarget"], c["Operand"], c["RTarget"]) for c in owner["Constraints"] or ())


def _affinities(owner: Json) -> tuple[Affinity, ...]:
    found: list[Json] = owner["Affinities"] or []
    return tuple(Affinity(a["LTarget"], a["Operand"] or "=", a["RTarget"], a["Weight"]) for a in found)


def _spreads(owner: Json) -> tuple[Spread, ...]:
    return tuple(
        Spread(s["Attribute"], s["Weight"], {t["Value"]: t["Percent"] for t in s["SpreadTarget"] or ()})
        for s in owner["Spreads"] or ()
    )


def _group(group: Json) -> GroupSpec:
    networks: list[Json] = group["Networks"] or []
    volumes: dict[str, Json] = group["Volumes"] or {}
    tasks = tuple(_task(task) for task in group["Tasks"] or ())
    return GroupSpec(
        name=group["Name"],
        count=group["Count"],
        constraints=_constraints(group),
        affinities=_affinities(group),
        spreads=_spreads(group),
        network_mode=networks[0]["Mode"] if networks else "",
        ports=tuple(port for network in networks for port in _ports(network)),
        disk_mb=group["EphemeralDisk"]["SizeMB"],
        sticky=group["EphemeralDisk"]["Sticky"],
        volumes=tuple(_volume(volume) for volume in volumes.values()),
        services=_services(group),
        tasks=tasks,
        update=_update(group["Update"]),
        reschedule=_reschedule(group["ReschedulePolicy"]),
        migrate_parallel=group["Migrate"]["MaxParallel"] if group["Migrate"] else 0,
        stop_after_ns=group["StopAfterClientDisconnect"],
    )


def _ports(network: Json) -> list[PortSpec]:
    wanted: list[Json] = [*(network["ReservedPorts"] or ()), *(network["DynamicPorts"] or ())]
    return [PortSpec(port["Label"], port["Value"], port["To"]) for port in wanted]


def _volume(volume: Json) -> VolumeSpec:
    return VolumeSpec(
        name=volume["Name"],
        kind=volume["Type"],
        source=volume["Source"],
        read_only=volume["ReadOnly"],
        per_alloc=volume["PerAlloc"],
        access_mode=volume["AccessMode"],
        attachment_mode=volume["AttachmentMode"],
    )


def _services(group: Json) -> tuple[ServiceSpec, ...]:
    owned = [(service, "") for service in group["Services"] or ()]
    owned += [(service, task["Name"]) for task in group["Tasks"] or () for service in task["Services"] or ()]
    return tuple(_service(service, task) for service, task in owned)


def _service(service: Json, task: str) -> ServiceSpec:
    return ServiceSpec(
        name=service["Name"],
        port=service["PortLabel"],
        provider=service.get("Provider") or "consul",
        task=task or service["TaskName"],
        tags=tuple(service["Tags"] or ()),
        checks=tuple(_check(check, service, task) for check in service["Checks"] or ()),
    )


def _check(check: Json, service: Json, task: str) -> CheckSpec:
    restart: Json = check["CheckRestart"] or {}
    return CheckSpec(
        name=check["Name"],
        kind=check["Type"],
        port=check["PortLabel"] or service["PortLabel"],
        path=check["Path"],
        interval_ns=check["Interval"],
        timeout_ns=check["Timeout"],
        restart_limit=restart.get("Limit") or 0,
        restart_grace_ns=restart.get("Grace") or 0,
        task=check["TaskName"] or task,
    )


def _task(task: Json) -> TaskSpec:
    lifecycle: Json = task["Lifecycle"] or {}
    resources: Json = task["Resources"]
    vault: Json = task["Vault"] or {}
    return TaskSpec(
        name=task["Name"],
        driver=task["Driver"],
        config=task["Config"] or {},
        env=task["Env"] or {},
        user=task["User"],
        hook=lifecycle.get("Hook", ""),
        sidecar=lifecycle.get("Sidecar", False),
        leader=task["Leader"],
        kill_timeout_ns=task["KillTimeout"],
        cpu=resources["CPU"],
        memory_mb=resources["MemoryMB"],
        memory_max_mb=resources["MemoryMaxMB"],
        cores=resources["Cores"],
        devices=tuple(
            DeviceRequest(device["Name"], device["Count"], _constraints(device), _affinities(device))
            for device in resources["Devices"] or ()
        ),
        restart=_restart(task["RestartPolicy"]),
        constraints=_constraints(task),
        affinities=_affinities(task),
        templates=tuple(_template(template) for template in task["Templates"] or ()),
        artifacts=tuple(artifact["GetterSource"] for artifact in task["Artifacts"] or ()),
        mounts=tuple(
            MountSpec(mount["Volume"], mount["Destination"], mount["ReadOnly"]) for mount in task["VolumeMounts"] or ()
        ),
        vault_policies=tuple(vault.get("Policies") or ()),
    )


def _template(template: Json) -> TemplateSpec:
    return TemplateSpec(
        text=template["EmbeddedTmpl"],
        destination=template["DestPath"],
        env=template["Envvars"],
        left=template["LeftDelim"],
        right=template["RightDelim"],
    )


def _restart(policy: Json) -> RestartSpec:
    return RestartSpec(policy["Attempts"], policy["Interval"], policy["Delay"], policy["Mode"])


def _reschedule(policy: Json | None) -> RescheduleSpec | None:
    if policy is None:
        return None
    return RescheduleSpec(
        attempts=policy["Attempts"],
        interval_ns=policy["Interval"],
        delay_ns=policy["Delay"],
        delay_function=policy["DelayFunction"],
        max_delay_ns=policy["MaxDelay"],
        unlimited=policy["Unlimited"],
    )


def _update(update: Json | None) -> UpdateSpec | None:
    if update is None or not update["MaxParallel"]:
        return None
    return UpdateSpec(
        max_parallel=update["MaxParallel"],
        health_check=update["HealthCheck"],
        min_healthy_ns=update["MinHealthyTime"],
        healthy_deadline_ns=update["HealthyDeadline"],
        progress_deadline_ns=update["ProgressDeadline"],
        auto_revert=update["AutoRevert"],
        canary=update["Canary"],
        auto_promote=update["AutoPromote"],
    )
