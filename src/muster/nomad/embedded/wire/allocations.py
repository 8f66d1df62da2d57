"""Allocations as the API shows them: as a list entry and whole."""

from typing import Any

from muster.nomad.embedded.state.specs import GroupSpec, TaskSpec
from muster.nomad.embedded.state.values import (
    AllocatedPort,
    Allocation,
    Granted,
    GrantedDevice,
    Placement,
    TaskEvent,
    TaskState,
)
from muster.nomad.embedded.wire.jobs import render_job
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
ALLOCATION_TIME_NS = 60_000
EMPTY_EVENT: Json = {
    "DiskLimit": 0,
    "DownloadError": "",
    "DriverError": "",
    "DriverMessage": "",
    "ExitCode": 0,
    "FailedSibling": "",
    "FailsTask": False,
    "GenericSource": "",
    "KillError": "",
    "KillReason": "",
    "KillTimeout": 0,
    "Message": "",
    "RestartReason": "",
    "SetupError": "",
    "Signal": 0,
    "StartDelay": 0,
    "TaskSignal": "",
    "TaskSignalReason": "",
    "ValidationError": "",
    "VaultError": "",
}


def render_allocation_stub(allocation: Allocation) -> Json:
    """An allocation in a list."""
    return {
        **_common(allocation),
        "DeploymentStatus": _health(allocation),
        "DesiredDescription": allocation.desired_description,
        "DesiredTransition": _transition(allocation),
        "FollowupEvalID": allocation.followup_eval_id,
        "JobType": allocation.job.spec.kind,
        "JobVersion": allocation.job.version,
        "PreemptedAllocations": None,
        "PreemptedByAllocation": "",
        "RescheduleTracker": _tracker(allocation),
    }


def render_allocation(allocation: Allocation) -> Json:
    """The whole allocation; what is empty is left out."""
    group = allocation.job.spec.group(allocation.group)
    optional: Json = {
        "DeploymentID": allocation.deployment_id,
        "DeploymentStatus": _health(allocation),
        "DesiredDescription": allocation.desired_description,
        "DesiredTransition": _transition(allocation) if _is_moved(allocation) else None,
        "FollowupEvalID": allocation.followup_eval_id,
        "NetworkStatus": {"Address": "", "DNS": None, "InterfaceName": ""} if allocation.tasks else None,
        "NextAllocation": allocation.next_id,
        "PreviousAllocation": allocation.previous_id,
        "RescheduleTracker": _tracker(allocation),
    }
    whole = _common(allocation) | {
        "AllocModifyIndex": allocation.alloc_modify_index,
        "Job": render_job(allocation.job),
        "Metrics": _metrics(allocation.placement),
    }
    resources = _resource_blocks(group, allocation) if group else {}
    return whole | resources | {key: value for key, value in optional.items() if value}


def _common(allocation: Allocation) -> Json:
    return {
        "ClientDescription": allocation.client_description,
        "ClientStatus": allocation.client_status,
        "CreateIndex": allocation.create_index,
        "CreateTime": allocation.create_ns,
        "DesiredStatus": allocation.desired_status,
        "EvalID": allocation.eval_id,
        "ID": allocation.id,
        "JobID": allocation.job.id,
        "ModifyIndex": allocation.modify_index,
        "ModifyTime": allocation.modify_ns,
        "Name": allocation.name,
        "Namespace": allocation.job.namespace,
        "NodeID": allocation.node_id,
        "NodeName": allocation.node_name,
        "TaskGroup": allocation.group,
        "TaskStates": {name: _task(state) for name, state in allocation.tasks.items()} or None,
    }


def _transition(allocation: Allocation) -> Json:
    return {
        "ForceReschedule": True if allocation.force_reschedule else None,
        "Migrate": True if allocation.migrate_requested else None,
        "Reschedule": True if allocation.reschedule_requested else None,
    }


def _is_moved(allocation: Allocation) -> bool:
    return allocation.reschedule_requested or allocation.migrate_requested or allocation.force_reschedule


def _health(allocation: Allocation) -> Json | None:
    health = allocation.health
    if health is None:
        unknown = {"Canary": True, "Healthy": None, "ModifyIndex": allocation.canary_index, "Timestamp": None}
        return unknown if allocation.canary else None
    return {
        "Canary": allocation.canary,
        "Healthy": health.healthy,
        "ModifyIndex": health.modify_index,
        "Timestamp": timestamp(health.timestamp_ns),
    }


def _tracker(allocation: Allocation) -> Json | None:
    events = [
        {
            "Delay": e.delay_ns,
            "PrevAllocID": e.previous_id,
            "PrevNodeID": e.previous_node_id,
            "RescheduleTime": e.time_ns,
        }
        for e in allocation.reschedules
    ]
    return {"Events": events} if events else None


def _task(state: TaskState) -> Json:
    return {
        "Events": [_event(event) for event in state.events],
        "Failed": state.failed,
        "FinishedAt": timestamp(state.finished_ns),
        "LastRestart": timestamp(state.last_restart_ns),
        "Restarts": state.restarts,
        "StartedAt": timestamp(state.started_ns),
        "State": state.state,
        "TaskHandle": None,
    }


def _event(event: TaskEvent) -> Json:
    return {
        **EMPTY_EVENT,
        **event.fields,
        "Details": dict(event.details),
        "DisplayMessage": event.message,
        "Time": event.time_ns,
        "Type": event.kind,
    }


def _metrics(placement: Placement) -> Json:
    scores = [
        {"NodeID": node_id, "NormScore": score, "Scores": dict(parts)} for node_id, score, parts in placement.scores
    ]
    empty: Json = dict.fromkeys(
        (
            "ClassExhausted",
            "ClassFiltered",
            "QuotaExhausted",
            "ResourcesExhausted",
            "Scores",
        )
    )
    return empty | {
        "AllocationTime": ALLOCATION_TIME_NS,
        "CoalescedFailures": 0,
        "ConstraintFiltered": dict(placement.filtered) or None,
        "DimensionExhausted": dict(placement.exhausted) or None,
        "NodesAvailable": dict(placement.nodes_available),
        "NodesEvaluated": placement.nodes_evaluated,
        "NodesExhausted": sum(placement.exhausted.values()),
        "NodesFiltered": sum(placement.filtered.values()),
        "ScoreMetaData": scores,
    }


def _resource_blocks(group: GroupSpec, allocation: Allocation) -> Json:
    ports, granted = allocation.ports, allocation.granted
    networks = _networks(group, ports)
    return {
        "AllocatedResources": {
            "Shared": {"DiskMB": group.disk_mb, "Networks": networks, "Ports": [_port(p) for p in ports] or None},
            "TaskLifecycles": {task.name: _lifecycle(task.hook, task.sidecar) for task in group.tasks},
            "Tasks": {task.name: _allocated(task, granted) for task in group.tasks},
        },
        "Resources": _resources(group.cpu, group.memory_mb, group.disk_mb, networks, group.memory_mb),
        "SharedResources": _resources(0, 0, group.disk_mb, networks),
        "TaskResources": {task.name: _resources(task.cpu, task.memory_mb, 0, None) for task in group.tasks},
    }


def _lifecycle(hook: str, sidecar: bool) -> Json | None:
    return {"Hook": hook, "Sidecar": sidecar} if hook else None


def _allocated(task: TaskSpec, granted: Granted) -> Json:
    cores = granted.cores.get(task.name, ())
    devices = [_device(device) for device in granted.devices.get(task.name, ())]
    cpu = len(cores) * granted.core_mhz if cores else task.cpu
    return {
        "Cpu": {"CpuShares": cpu, "ReservedCores": list(cores) or None},
        "Devices": devices or None,
        "Memory": {
            "MemoryMB": task.memory_mb,
            "MemoryMaxMB": task.memory_max_mb if granted.oversubscribed else 0,
        },
        "Networks": None,
    }


def _device(device: GrantedDevice) -> Json:
    return {"DeviceIDs": list(device.ids), "Name": device.name, "Type": device.kind, "Vendor": device.vendor}


def _resources(cpu: int, memory_mb: int, disk_mb: int, networks: list[Json] | None, memory_max_mb: int = 0) -> Json:
    return {
        "CPU": cpu,
        "Cores": 0,
        "Devices": None,
        "DiskMB": disk_mb,
        "IOPS": 0,
        "MemoryMB": memory_mb,
        "MemoryMaxMB": memory_max_mb,
        "Networks": networks,
    }


def _networks(group: GroupSpec, ports: tuple[AllocatedPort, ...]) -> list[Json] | None:
    if not ports:
        return None
    dynamic = [_network_port(port) for port in ports if not port.reserved]
    reserved = [_network_port(port) for port in ports if port.reserved]
    return [
        {
            "CIDR": "",
            "DNS": None,
            "Device": "",
            "DynamicPorts": dynamic or None,
            "IP": ports[0].host_ip,
            "MBits": 0,
            "Mode": group.network_mode,
            "ReservedPorts": reserved or None,
        }
    ]


def _network_port(port: AllocatedPort) -> Json:
    return {"HostNetwork": "default", "Label": port.label, "To": port.to, "Value": port.value}


def _port(port: AllocatedPort) -> Json:
    return {"HostIP": port.host_ip, "Label": port.label, "To": port.to, "Value": port.value}
