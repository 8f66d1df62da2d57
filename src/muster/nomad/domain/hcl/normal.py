"""What Nomad's parser adds to a decoded job before it answers, canonicalized or not."""

from collections.abc import Iterator

from pydantic import JsonValue

from muster.nomad.domain.hcl.schema import job_schema

_Json = dict[str, JsonValue]
_SPLAY_NS = 5 * 10**9


def regroup_job(job: _Json, label: str, tasks: list[_Json], vault: _Json | None) -> _Json:
    """The job with its names from the label, lone tasks in groups of their own, its vault block given to the tasks."""
    job = {**job, "Name": _given(job["Name"], label), "ID": _given(job["ID"], label)}
    if tasks:
        groups = job["TaskGroups"]
        job["TaskGroups"] = [*map(_alone, tasks), *(groups if isinstance(groups, list) else [])]
    for group in objects(job["TaskGroups"]):
        for task in objects(group["Tasks"]):
            task["Vault"] = task["Vault"] or (vault and dict(vault))
    return job


def fill_job(job: _Json) -> _Json:
    """The job with static and dynamic ports apart, and the defaults of templates, vault and cron, as Nomad answers."""
    periodic = job["Periodic"]
    if isinstance(periodic, dict) and periodic["Spec"] is not None:
        periodic["SpecType"] = "cron"
    for group in objects(job["TaskGroups"]):
        _normalize_networks(group["Networks"])
        for task in objects(group["Tasks"]):
            _normalize_task(task)
    return job


def objects(value: JsonValue) -> Iterator[_Json]:
    """The objects of a JSON list; none for null."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _given(value: JsonValue, default: JsonValue) -> JsonValue:
    return default if value is None else value


def _alone(task: _Json) -> JsonValue:
    return {**job_schema().structs["TaskGroup"].blank(), "Name": task["Name"], "Tasks": [task]}


def _normalize_task(task: _Json) -> None:
    resources = task["Resources"]
    if isinstance(resources, dict):
        _normalize_networks(resources["Networks"])
    for template in objects(task["Templates"]):
        for name, default in (("ChangeMode", "restart"), ("Perms", "0644"), ("Splay", _SPLAY_NS)):
            template[name] = _given(template[name], default)
    if isinstance(vault := task["Vault"], dict):
        vault["Env"] = _given(vault["Env"], True)
        vault["ChangeMode"] = _given(vault["ChangeMode"], "restart")


def _normalize_networks(networks: JsonValue) -> None:
    for network in objects(networks):
        ports = list(objects(network["DynamicPorts"]))
        if ports:
            network["DynamicPorts"] = [*filter(_is_dynamic, ports)] or None
            network["ReservedPorts"] = [port for port in ports if not _is_dynamic(port)] or None


def _is_dynamic(port: _Json) -> bool:
    value = port["Value"]
    return not (isinstance(value, int) and value > 0)
