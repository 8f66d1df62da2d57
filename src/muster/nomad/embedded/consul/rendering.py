"""Registrations and checks in the shapes of Consul's API."""

from typing import Any

from muster.nomad.embedded.chance import stable_identifier
from muster.nomad.embedded.client.words import go_duration
from muster.nomad.embedded.consul.checks import Check
from muster.nomad.embedded.consul.registrations import Registration
from muster.nomad.embedded.scheduler.nodes import Node

Json = dict[str, Any]
WEIGHTS = {"Passing": 1, "Warning": 1}
NODE_META = {"consul-network-segment": ""}
PROXY: Json = {"Mode": "", "MeshGateway": {}, "Expose": {}}
AGENT_DEFINITION: Json = {
    "Interval": "0s",
    "Timeout": "0s",
    "DeregisterCriticalServiceAfter": "0s",
    "HTTP": "",
    "Header": None,
    "Method": "",
    "Body": "",
    "TLSServerName": "",
    "TLSSkipVerify": False,
    "TCP": "",
    "GRPC": "",
    "GRPCUseTLS": False,
}
ALIVE, LOST = "Agent alive and reachable", "Agent not live or unreachable"


def node_row(node: Node, datacenter: str) -> Json:
    """A node of the catalog."""
    return {
        "ID": stable_identifier("consul", node.id),
        "Node": node.name,
        "Address": node.address,
        "Datacenter": datacenter,
        "TaggedAddresses": dict.fromkeys(("lan", "lan_ipv4", "wan", "wan_ipv4"), node.address),
        "Meta": dict(NODE_META),
        "CreateIndex": 1,
        "ModifyIndex": 1,
    }


def _tagged(one: Registration) -> Json:
    found = {"Address": one.address, "Port": one.port}
    return {"lan_ipv4": found, "wan_ipv4": dict(found)} if one.address else {}


def catalog_row(one: Registration, datacenter: str) -> Json:
    """An instance as /v1/catalog/service shows it."""
    node = node_row(one.node, datacenter)
    return {
        **{key: node[key] for key in ("ID", "Node", "Address", "Datacenter", "TaggedAddresses")},
        "NodeMeta": dict(NODE_META),
        "ServiceKind": "",
        "ServiceID": one.id,
        "ServiceName": one.name,
        "ServiceTags": list(one.tags),
        "ServiceAddress": one.address,
        "ServiceTaggedAddresses": _tagged(one),
        "ServiceWeights": dict(WEIGHTS),
        "ServiceMeta": _meta(one),
        "ServicePort": one.port,
        "ServiceSocketPath": "",
        "ServiceEnableTagOverride": False,
        "ServiceProxy": dict(PROXY),
        "ServiceConnect": {},
        "CreateIndex": one.create_index,
        "ModifyIndex": one.modify_index,
    }


def _meta(one: Registration) -> Json | None:
    return None if one.meta is None else dict(one.meta)


def health_row(one: Registration, datacenter: str, *, lost: bool) -> Json:
    """An instance as /v1/health/service shows it, with the check of its node."""
    service = {
        "ID": one.id,
        "Service": one.name,
        "Tags": list(one.tags),
        "Address": one.address,
        **({"TaggedAddresses": _tagged(one)} if one.address else {}),
        "Meta": _meta(one),
        "Port": one.port,
        "Weights": dict(WEIGHTS),
        "EnableTagOverride": False,
        "Proxy": dict(PROXY),
        "Connect": {},
        "CreateIndex": one.create_index,
        "ModifyIndex": one.modify_index,
    }
    checks = [node_check(one.node, lost=lost), *(check_row(one, check) for check in one.checks)]
    return {"Node": node_row(one.node, datacenter), "Service": service, "Checks": checks}


def agent_row(one: Registration, datacenter: str) -> Json:
    """An instance as the agent shows it."""
    return {
        "ID": one.id,
        "Service": one.name,
        "Tags": list(one.tags),
        "Meta": _meta(one) or {},
        "Port": one.port,
        "Address": one.address,
        **({"TaggedAddresses": _tagged(one)} if one.address else {}),
        "Weights": dict(WEIGHTS),
        "EnableTagOverride": False,
        "Datacenter": datacenter,
    }


def check_row(one: Registration, check: Check, *, fresh: bool = False) -> Json:
    """A check; the catalog hears of a failing one's words late, the agent has them `fresh`."""
    return {
        "Node": one.node.name,
        "CheckID": check.id,
        "Name": check.name,
        "Status": check.status,
        "Notes": "",
        "Output": check.output if fresh or check.passing else "",
        "ServiceID": one.id,
        "ServiceName": one.name,
        "ServiceTags": list(one.tags),
        "Type": check.kind,
        "Interval": go_duration(check.interval_ns) if check.interval_ns else "",
        "Timeout": go_duration(check.timeout_ns) if check.timeout_ns else "",
        "ExposedPort": 0,
        "Definition": {},
        "CreateIndex": 0 if fresh else one.create_index,
        "ModifyIndex": 0 if fresh else one.modify_index,
    }


def agent_check(one: Registration, check: Check) -> Json:
    """A check inside the agent's answer about a service's health."""
    row = {**check_row(one, check, fresh=True), "Type": "", "Definition": dict(AGENT_DEFINITION)}
    return {key: value for key, value in row.items() if key not in ("Interval", "Timeout", "ExposedPort")}


def node_check(node: Node, *, lost: bool) -> Json:
    """Whether a machine is there."""
    return {
        "Node": node.name,
        "CheckID": "serfHealth",
        "Name": "Serf Health Status",
        "Status": "critical" if lost else "passing",
        "Notes": "",
        "Output": LOST if lost else ALIVE,
        **{"ServiceID": "", "ServiceName": "", "ServiceTags": [], "Type": "", "Interval": "", "Timeout": ""},
        **{"ExposedPort": 0, "Definition": {}, "CreateIndex": 1, "ModifyIndex": 1},
    }
