"""What stands in Consul's catalog: running allocations' services, Nomad itself, Fabio, what requests registered."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from muster.nomad.embedded.client.environment import interpolate, nomad_variables
from muster.nomad.embedded.consul.checks import Check, service_checks
from muster.nomad.embedded.running import Running
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.specs import ServiceSpec
from muster.nomad.embedded.state.values import Allocation

Json = dict[str, Any]
BY_NOMAD = {"external-source": "nomad"}
OWN_CHECK_S = 10


@dataclass(frozen=True)
class Registration:
    """One instance of a service on one node; `meta` is None for one that a request registered without any."""

    id: str
    name: str
    node: Node
    address: str
    port: int
    tags: tuple[str, ...] = ()
    meta: tuple[tuple[str, str], ...] | None = ()
    checks: tuple[Check, ...] = ()
    create_index: int = 1
    modify_index: int = 1

    @property
    def passing(self) -> bool:
        """Whether none of its checks fails."""
        return all(check.passing for check in self.checks)


def registrations(cluster: Running, nomad: str, fabio: str) -> list[Registration]:
    """All that the catalog knows now; `nomad` and `fabio` are `host:port` of these."""
    if not cluster.nodes:
        return []
    first = cluster.nodes[0]
    found = [Registration("consul", "consul", first, "", 8300)]
    found += _nomad_itself(cluster, nomad)
    found.append(_fabio_itself(first, fabio))
    return [*found, *registered(cluster), *allocated(cluster)]


def _nomad_itself(cluster: Running, nomad: str) -> Iterator[Registration]:
    host, _, text = nomad.rpartition(":")
    port, first = int(text), cluster.nodes[0]
    for tag, kind, at in (("http", "http", port), ("rpc", "tcp", port + 1), ("serf", "tcp", port + 2)):
        identifier = f"_nomad-server-{_digest(f'{first.id}/{tag}')}"
        said = f"TCP connect {host}:{at}: Success"
        if kind == "http":
            said = _healthy(nomad, "server")
        name = f"Nomad Server {tag.upper() if tag != 'serf' else 'Serf'} Check"
        checks = (_own_check(identifier, name, kind, 5 if kind == "http" else 3, said),)
        yield Registration(identifier, "nomad", first, host, at, (tag,), _meta(), checks)
    for node in cluster.nodes:
        identifier = f"_nomad-client-{_digest(node.id)}"
        checks = (_own_check(identifier, "Nomad Client HTTP Check", "http", 5, _healthy(nomad, "client")),)
        yield Registration(identifier, "nomad-client", node, host, port, ("http",), _meta(), checks)


def _fabio_itself(node: Node, fabio: str) -> Registration:
    host, _, port = fabio.rpartition(":")
    identifier, name = f"fabio-{node.name}-{port}", "Service 'fabio' check"
    said = f"HTTP GET http://[{host}]:{port}/health: 200 OK Output: OK\n"
    checks = (Check(f"{identifier}-ttl", name, "", "ttl"), Check(f"service:{identifier}:2", name, said, "http"))
    return Registration(identifier, "fabio", node, host, int(port), checks=checks)


def _healthy(nomad: str, kind: str) -> str:
    ok = json.dumps({kind: {"message": "ok", "ok": True}}, separators=(",", ":"))
    return f"HTTP GET http://{nomad}/v1/agent/health?type={kind}: 200 OK Output: {ok}"


def _own_check(service: str, name: str, kind: str, timeout_s: int, said: str) -> Check:
    second = 1_000_000_000
    return Check(check_id(service, name), name, said, kind, OWN_CHECK_S * second, timeout_s * second)


def registered(cluster: Running) -> list[Registration]:
    """The services that requests registered, on the first machine."""
    return [_registered(cluster.nodes[0], row) for row in cluster.consul.services.values()]


def _registered(node: Node, row: Json) -> Registration:
    meta: dict[str, str] | None = row["Meta"]
    return Registration(
        id=row["ID"],
        name=row["Name"],
        node=node,
        address=row["Address"],
        port=row["Port"],
        tags=tuple(row["Tags"]),
        meta=None if meta is None else tuple(meta.items()),
        checks=tuple(
            Check(f"service:{row['ID']}:{n}", f"Service '{row['Name']}' check", "", passing=status == "passing")
            for n, status in enumerate(row["Checks"], start=1)
        ),
        create_index=row["CreateIndex"],
        modify_index=row["ModifyIndex"],
    )


def allocated(cluster: Running) -> Iterator[Registration]:
    """The services of the provider `consul` of what runs and shall run on, on nodes that can be reached."""
    nodes = {node.id: node for node in cluster.nodes}
    for allocation in cluster.store.allocations.values():
        group = allocation.job.spec.group(allocation.group)
        runs = allocation.client_status == "running" and allocation.desired_status == "run"
        if group is None or not runs or cluster.clients.is_away(allocation.node_id):
            continue
        node = nodes[allocation.node_id]
        for service in group.services:
            if service.provider == "consul" and "consul.version" in node.attributes:
                yield _of_allocation(cluster, allocation, service, node)


def _of_allocation(cluster: Running, allocation: Allocation, service: ServiceSpec, node: Node) -> Registration:
    group = allocation.job.spec.group(allocation.group)
    assert group is not None
    owner = next((task for task in group.tasks if task.name == service.task), group.tasks[0])
    variables = {**nomad_variables(allocation, owner, node), **owner.env}
    name = interpolate(service.name, variables, node)
    where = service.task or f"group-{allocation.group}"
    identifier = f"_nomad-task-{allocation.id}-{where}-{name}-{service.port}"
    port = next((port for port in allocation.ports if port.label == service.port), None)
    literal = int(service.port) if service.port.isdigit() else 0
    return Registration(
        id=identifier,
        name=name,
        node=node,
        address=port.host_ip if port else node.address,
        port=port.value if port else literal,
        tags=tuple(interpolate(tag, variables, node) for tag in service.tags),
        meta=_meta(),
        checks=tuple(
            service_checks(cluster, allocation, service, lambda check: check_id(identifier, check)),
        ),
        create_index=allocation.create_index,
        modify_index=allocation.modify_index,
    )


def _meta() -> tuple[tuple[str, str], ...]:
    return tuple(BY_NOMAD.items())


def check_id(service: str, check: str) -> str:
    """What Nomad calls a service's check at Consul."""
    return f"_nomad-check-{hashlib.sha1(f'{service}/{check}'.encode(), usedforsecurity=False).hexdigest()}"


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:32]
