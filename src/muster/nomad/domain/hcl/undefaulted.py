"""Takes the defaults out of an API job that a spec leaves unsaid, so that it reads as the file it came from."""

from collections.abc import Mapping

from pydantic import JsonValue

from muster.nomad.domain.hcl.normal import objects

_Json = dict[str, JsonValue]

_TEMPLATE: _Json = {"ChangeMode": "restart", "Perms": "0644", "LeftDelim": "{{", "RightDelim": "}}"}
_VAULT: _Json = {"Env": True, "ChangeMode": "restart"}
_SERVICE: _Json = {"AddressMode": "auto"}


def without_defaults(job: _Json) -> _Json:
    """The job with its ports in one list again, and without the defaults that every parsed job has."""
    groups = [_group(group) for group in objects(job["TaskGroups"])]
    return {**job, "TaskGroups": [*groups]}


def _group(group: _Json) -> _Json:
    networks = [_ports_together(network) for network in objects(group["Networks"])]
    tasks = [_task(task) for task in objects(group["Tasks"])]
    return {**group, "Networks": [*networks], "Tasks": [*tasks], "Services": _each(group["Services"], _SERVICE)}


def _ports_together(network: _Json) -> _Json:
    ports = [*objects(network["DynamicPorts"]), *objects(network["ReservedPorts"])]
    return {**network, "DynamicPorts": [*ports], "ReservedPorts": None}


def _task(task: _Json) -> _Json:
    vault = task["Vault"]
    return {
        **task,
        "Templates": _each(task["Templates"], _TEMPLATE),
        "Vault": _without(vault, _VAULT) if isinstance(vault, dict) else None,
        "Services": _each(task["Services"], _SERVICE),
    }


def _each(items: JsonValue, defaults: Mapping[str, JsonValue]) -> JsonValue:
    return [_without(item, defaults) for item in objects(items)]


def _without(item: _Json, defaults: Mapping[str, JsonValue]) -> _Json:
    return {key: None if key in defaults and defaults[key] == value else value for key, value in item.items()}
