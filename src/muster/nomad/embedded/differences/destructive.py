"""Whether a change to a group replaces its allocations or updates them in place (`tasksUpdated` of Nomad v1.1.2)."""

from muster.nomad.embedded.differences.parts import meaning, same
from muster.nomad.embedded.validation.reading import Block, blocks, inner, pairs, tasks_in, text

_TASK_KEYS = ("Driver", "User", "Config", "Env", "Artifacts", "Vault", "Templates")
_RESOURCE_KEYS = ("CPU", "Cores", "MemoryMB", "MemoryMaxMB", "Devices")
_GROUP_KEYS = ("EphemeralDisk", "Consul")
_SERVER_OWNED = frozenset(
    {
        *("Status", "StatusDescription", "Stable", "Version", "CreateIndex", "ModifyIndex", "JobModifyIndex"),
        *("SubmitTime", "NomadTokenID", "ConsulToken", "VaultToken"),
    }
)
# defaults for the groups: a stored job keeps little of them, and the groups hold what counts
_FOR_GROUPS = frozenset({"Update", "Reschedule", "Migrate"})


def spec_changed(old: Block, new: Block) -> bool:
    """Whether anything was changed that the operator wrote; the server's own fields do not count."""
    return _written(old) != _written(new)


def _written(job: Block) -> object:
    return meaning({key: value for key, value in job.items() if key not in _SERVER_OWNED | _FOR_GROUPS})


def replaces_allocations(old: Block, new: Block, group_name: str) -> bool:
    """Whether the group's running allocations must be replaced; it has to be in both jobs."""
    was, will = _group(old, group_name), _group(new, group_name)
    tasks = {text(task, "Name"): task for task in tasks_in(will)}
    return (
        len(tasks_in(was)) != len(tasks)
        or any(_differ(was, will, key) for key in _GROUP_KEYS)
        or _ports(was) != _ports(will)
        or _wishes(old, was) != _wishes(new, will)
        or any(
            text(task, "Name") not in tasks or _task_differs(task, tasks[text(task, "Name")]) for task in tasks_in(was)
        )
        or _metadata(old, was) != _metadata(new, will)
    )


def _group(job: Block, name: str) -> Block:
    return next(group for group in blocks(job, "TaskGroups") if text(group, "Name") == name)


def _differ(old: Block, new: Block, key: str) -> bool:
    return not same({key: old.get(key)}, {key: new.get(key)})


def _task_differs(old: Block, new: Block) -> bool:
    was, will = inner(old, "Resources") or {}, inner(new, "Resources") or {}
    return (
        any(_differ(old, new, key) for key in _TASK_KEYS)
        or any(_differ(was, will, key) for key in _RESOURCE_KEYS)
        or _ports(was) != _ports(will)
    )


def _ports(holder: Block) -> object:
    """Of a network what forces a replacement: mode, bandwidth, DNS and ports; the value of dynamic ones does not."""
    return [
        (
            meaning({key: network.get(key) for key in ("Mode", "MBits", "DNS")}),
            [meaning({**port}) for port in blocks(network, "ReservedPorts")],
            [meaning({**port, "Value": None}) for port in blocks(network, "DynamicPorts")],
        )
        for network in blocks(holder, "Networks")
    ]


def _wishes(job: Block, group: Block) -> object:
    affinities = [item for holder in (job, group, *tasks_in(group)) for item in blocks(holder, "Affinities")]
    spreads = [item for holder in (job, group) for item in blocks(holder, "Spreads")]
    return [meaning({**item}) for item in affinities], [meaning({**item}) for item in spreads]


def _metadata(job: Block, group: Block) -> object:
    return {
        text(task, "Name"): {**pairs(job, "Meta"), **pairs(group, "Meta"), **pairs(task, "Meta")}
        for task in tasks_in(group)
    }
