"""Fills in the defaults of services, their checks and Consul Connect, as Nomad's `api/services.go` does."""

from collections.abc import Callable

from pydantic import JsonValue

from muster.nomad.domain.hcl.canonical_shape import complete
from muster.nomad.domain.hcl.normal import objects

_Json = dict[str, JsonValue]
_S = 10**9


def canonicalize_service(service: _Json, default_name: str) -> JsonValue:
    """A service with its name, address mode and update rule; its check_restart goes into each check."""
    result: _Json = {
        **service,
        "Name": service["Name"] or default_name,
        "AddressMode": service["AddressMode"] or "auto",
        "OnUpdate": service["OnUpdate"] or "require_healthy",
        "Connect": _optional(service["Connect"], _connect),
    }
    if service["Checks"] is not None:
        result["Checks"] = [_check(check, result) for check in objects(service["Checks"])]
    return result


def _optional(value: JsonValue, change: Callable[[_Json], _Json]) -> JsonValue:
    return change(value) if isinstance(value, dict) else value


def _filled(given: _Json, **defaults: JsonValue) -> _Json:
    return {**given, **{name: value for name, value in defaults.items() if given.get(name) is None}}


def _check(check: _Json, service: _Json) -> JsonValue:
    at_least_zero = {
        name: max(count, 0)
        for name in ("SuccessBeforePassing", "FailuresBeforeCritical")
        if isinstance(count := check[name], int)
    }
    return {
        **check,
        **at_least_zero,
        "CheckRestart": _check_restart(service["CheckRestart"], check["CheckRestart"]),
        "OnUpdate": check["OnUpdate"] or service["OnUpdate"],
    }


def _check_restart(service: JsonValue, check: JsonValue) -> JsonValue:
    if isinstance(service, dict) and isinstance(check, dict):
        own = {name: value for name, value in check.items() if value not in (None, 0, False)}
        return _filled({**service, **own}, Grace=_S)
    one = check if isinstance(check, dict) else service
    return _filled(one, Grace=_S) if isinstance(one, dict) else None


def _connect(connect: _Json) -> _Json:
    return {
        **connect,
        "SidecarService": _optional(connect["SidecarService"], _sidecar_service),
        "SidecarTask": _optional(connect["SidecarTask"], _sidecar_task),
        "Gateway": _optional(connect["Gateway"], _gateway),
    }


def _emptied(given: _Json, *names: str) -> _Json:
    return {**given, **{name: given[name] or None for name in names}}


def _sidecar_service(sidecar: _Json) -> _Json:
    proxy = _optional(sidecar["Proxy"], lambda proxy: _emptied(proxy, "Upstreams", "Config"))
    return {**_emptied(sidecar, "Tags"), "Proxy": proxy}


def _sidecar_task(task: _Json) -> _Json:
    resources = task["Resources"] if isinstance(task["Resources"], dict) else complete("Resources", {})
    cpu = 100 if resources["Cores"] is None else 0
    logs = task["LogConfig"] if isinstance(task["LogConfig"], dict) else {}
    filled = _filled(task, KillTimeout=5 * _S, ShutdownDelay=0)
    return {
        **_emptied(filled, "Config", "Env", "Meta"),
        "Resources": _filled(resources, CPU=cpu, Cores=0, MemoryMB=300),
        "LogConfig": _filled(logs, MaxFileSizeMB=10, MaxFiles=10),
    }


def _gateway(gateway: _Json) -> _Json:
    return {
        **gateway,
        "Proxy": _optional(gateway["Proxy"], _gateway_proxy),
        "Ingress": _optional(gateway["Ingress"], _ingress),
    }


def _gateway_proxy(proxy: _Json) -> _Json:
    return _emptied(_filled(proxy, ConnectTimeout=5 * _S), "EnvoyGatewayBindAddresses", "Config")


def _ingress(ingress: _Json) -> _Json:
    listeners = [{**each, "Protocol": each["Protocol"] or "tcp"} for each in objects(ingress["Listeners"])]
    return {**ingress, "Listeners": [*listeners] or None}
