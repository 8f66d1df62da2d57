"""Fills in a job's defaults, as Nomad does on parsing with Canonicalize and on register.

The rules and numbers are those of `Canonicalize` in Nomad's `api` package: jobs, tasks, services, resources.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

from pydantic import JsonValue

from muster.nomad.domain.hcl.canonical_services import canonicalize_service
from muster.nomad.domain.hcl.canonical_shape import complete
from muster.nomad.domain.hcl.normal import objects

_Json = dict[str, JsonValue]
_S = 10**9

_JOB: _Json = {
    "AllAtOnce": False,
    "ConsulNamespace": "",
    "ConsulToken": "",
    "CreateIndex": 0,
    "JobModifyIndex": 0,
    "ModifyIndex": 0,
    "Namespace": "default",
    "NomadTokenID": "",
    "ParentID": "",
    "Priority": 50,
    "Region": "global",
    "Stable": False,
    "Status": "",
    "StatusDescription": "",
    "Stop": False,
    "Type": "service",
    "VaultNamespace": "",
    "VaultToken": "",
    "Version": 0,
}
_UPDATE: _Json = {
    "AutoPromote": False,
    "AutoRevert": False,
    "Canary": 0,
    "HealthCheck": "checks",
    "HealthyDeadline": 300 * _S,
    "MaxParallel": 1,
    "MinHealthyTime": 10 * _S,
    "ProgressDeadline": 600 * _S,
    "Stagger": 30 * _S,
}
_MIGRATE: _Json = {
    "HealthCheck": "checks",
    "HealthyDeadline": 300 * _S,
    "MaxParallel": 1,
    "MinHealthyTime": 10 * _S,
}
_NO_RESCHEDULE: _Json = {
    "Attempts": 0,
    "Delay": 0,
    "DelayFunction": "",
    "Interval": 0,
    "MaxDelay": 0,
    "Unlimited": False,
}
_RESCHEDULE: Mapping[str, _Json] = {
    "service": {
        **_NO_RESCHEDULE,
        "Delay": 30 * _S,
        "DelayFunction": "exponential",
        "MaxDelay": 3600 * _S,
        "Unlimited": True,
    },
    "batch": {
        **_NO_RESCHEDULE,
        "Attempts": 1,
        "Delay": 5 * _S,
        "DelayFunction": "constant",
        "Interval": 24 * 3600 * _S,
    },
}
_RESTART_SERVICE: _Json = {"Attempts": 2, "Delay": 15 * _S, "Interval": 1800 * _S, "Mode": "fail"}
_RESTART_BATCH: _Json = {"Attempts": 3, "Delay": 15 * _S, "Interval": 24 * 3600 * _S, "Mode": "fail"}
_PERIODIC: _Json = {"Enabled": True, "ProhibitOverlap": False, "Spec": "", "SpecType": "cron"}
_DISK: _Json = {"Migrate": False, "SizeMB": 300, "Sticky": False}
_LOGS: _Json = {"MaxFileSizeMB": 10, "MaxFiles": 10}
_TEMPLATE: _Json = {
    "ChangeMode": "restart",
    "DestPath": "",
    "EmbeddedTmpl": "",
    "Envvars": False,
    "LeftDelim": "{{",
    "Perms": "0644",
    "RightDelim": "}}",
    "SourcePath": "",
    "Splay": 5 * _S,
    "VaultGrace": 0,
}
_VAULT: _Json = {"ChangeMode": "restart", "ChangeSignal": "SIGHUP", "Env": True, "Namespace": ""}


def canonicalize_job(job: _Json) -> _Json:
    """The job with every default that Nomad fills in; missing keys are added, names unknown to Nomad are dropped."""
    given = complete("Job", job)
    result = fill(given, {**_JOB, "ID": "", "Name": given.get("ID") or ""})
    kind = str(result["Type"])
    if isinstance(periodic := result["Periodic"], dict):
        result["Periodic"] = {**fill(periodic, _PERIODIC), "TimeZone": periodic["TimeZone"] or "UTC"}
    result["Update"] = _update(result["Update"], kind)
    if isinstance(regions := result["Multiregion"], dict):
        result["Multiregion"] = _multiregion(regions)
    groups = result["TaskGroups"]
    result["TaskGroups"] = [_group(group, result, kind) for group in objects(groups)] if groups is not None else None
    return _weighted(result)


def fill(given: _Json, defaults: _Json) -> _Json:
    """The given object, with defaults where it says null."""
    empty = {name: value for name, value in defaults.items() if given.get(name) is None}
    return {**given, **empty}


def _merged(job: JsonValue, group: JsonValue) -> _Json | None:
    if not isinstance(job, dict):
        return dict(group) if isinstance(group, dict) else None
    own = {name: value for name, value in group.items() if value is not None} if isinstance(group, dict) else {}
    return {**job, **own}


def _update(update: JsonValue, kind: str) -> JsonValue:
    if isinstance(update, dict):
        return fill(update, _UPDATE)
    return dict(_UPDATE) if kind == "service" else None


def _multiregion(regions: _Json) -> _Json:
    strategy = regions["Strategy"]
    filled = fill(strategy if isinstance(strategy, dict) else {}, {"MaxParallel": 0, "OnFailure": ""})
    each = [fill(region, {"Count": 1, "Datacenters": [], "Meta": {}}) for region in objects(regions["Regions"])]
    return {**regions, "Strategy": filled, "Regions": [*each]}


def _weighted(owner: _Json) -> _Json:
    """Affinities and spreads weigh 50 unless they say so."""
    for name in ("Affinities", "Spreads"):
        if isinstance(owner.get(name), list):
            owner = {**owner, name: [fill(item, {"Weight": 50}) for item in objects(owner[name])]}
    return owner


def _group(group: _Json, job: _Json, kind: str) -> JsonValue:
    scaling = group["Scaling"]
    smallest = scaling.get("Min") if isinstance(scaling, dict) else None
    group = fill(group, {"Name": "", "Count": 1 if smallest is None else smallest})
    if isinstance(scaling, dict):
        group["Scaling"] = {
            **fill(scaling, {"Enabled": True, "Min": group["Count"]}),
            "Type": scaling["Type"] or "horizontal",
        }
    disk = group["EphemeralDisk"]
    group["EphemeralDisk"] = fill(disk if isinstance(disk, dict) else {}, _DISK)
    consul = group["Consul"] if isinstance(group["Consul"], dict) else {}
    group["Consul"] = {**consul, "Namespace": consul.get("Namespace") or job["ConsulNamespace"] or ""}
    group |= _policies(group, job, kind)
    tasks = group["Tasks"]
    group["Tasks"] = [_task(task, group, job) for task in objects(tasks)] if tasks is not None else None
    return canonicalize_services(_weighted(group), f"{job['Name']}-{group['Name']}")


def _policies(group: _Json, job: _Json, kind: str) -> _Json:
    update = _merged(job["Update"], group["Update"])
    reschedule = _merged(job["Reschedule"], group["ReschedulePolicy"])
    if reschedule is None and kind != "system":
        reschedule = {}
    migrate = _merged(job["Migrate"], group["Migrate"])
    if migrate is None and kind == "service":
        migrate = {}
    restart = group["RestartPolicy"]
    default_restart = _RESTART_SERVICE if kind in ("service", "system") else _RESTART_BATCH
    return {
        "Update": update and fill(update, _UPDATE),
        "ReschedulePolicy": None if reschedule is None else fill(reschedule, _RESCHEDULE.get(kind, _NO_RESCHEDULE)),
        "Migrate": None if migrate is None else fill(migrate, _MIGRATE),
        "RestartPolicy": fill(restart if isinstance(restart, dict) else {}, default_restart),
    }


def canonicalize_services(owner: _Json, default_name: str) -> _Json:
    """The owner with each of its services completed."""
    services = owner["Services"]
    if services is None:
        return owner
    return {**owner, "Services": [canonicalize_service(item, default_name) for item in objects(services)]}


def _task(task: _Json, group: _Json, job: _Json) -> JsonValue:
    resources, logs = task["Resources"], task["LogConfig"]
    lifecycle = task["Lifecycle"]
    task = fill(task, {"KillTimeout": 5 * _S})
    task["Resources"] = canonical_resources(resources if isinstance(resources, dict) else complete("Resources", {}))
    task["LogConfig"] = fill(logs if isinstance(logs, dict) else {}, _LOGS)
    task["Lifecycle"] = lifecycle if isinstance(lifecycle, dict) and lifecycle["Hook"] else None
    task["RestartPolicy"] = _merged(group["RestartPolicy"], task["RestartPolicy"])
    if isinstance(vault := task["Vault"], dict):
        task["Vault"] = fill(vault, _VAULT)
    if isinstance(plugin := task.get("CSIPluginConfig"), dict):
        task["CSIPluginConfig"] = {**plugin, "MountDir": plugin["MountDir"] or "/csi"}
    for name, each in (("Artifacts", _artifact), ("Templates", _template), ("VolumeMounts", _mount)):
        if task[name] is not None:
            task[name] = [each(item) for item in objects(task[name])]
    return canonicalize_services(_weighted(task), f"{job['Name']}-{group['Name']}-{task['Name']}")


def canonical_resources(resources: _Json) -> _Json:
    """CPU 100 MHz and 300 MB where nothing is asked for; cores take the place of MHz."""
    cpu = 100 if resources["Cores"] is None else 0
    filled = fill(resources, {"CPU": cpu, "Cores": 0, "MemoryMB": 300})
    if isinstance(filled["Devices"], list):
        filled["Devices"] = [_weighted(fill(device, {"Count": 1})) for device in objects(filled["Devices"])]
    return filled


def _artifact(artifact: _Json) -> JsonValue:
    filled = fill(artifact, {"GetterMode": "any", "GetterSource": ""})
    name = PurePosixPath(str(filled["GetterSource"])).name
    target = f"local/{name}" if filled["GetterMode"] == "file" else "local/"
    emptied = {key: filled[key] or None for key in ("GetterOptions", "GetterHeaders")}
    return fill({**filled, **emptied}, {"RelativeDest": target})


def _template(template: _Json) -> JsonValue:
    filled = fill(template, _TEMPLATE)
    signal = filled["ChangeSignal"]
    default = "SIGHUP" if filled["ChangeMode"] == "signal" else ""
    return {**filled, "ChangeSignal": default if signal is None else str(signal).upper()}


def _mount(mount: _Json) -> JsonValue:
    return fill(mount, {"PropagationMode": "private", "ReadOnly": False})
