"""The services that Nomad itself keeps (`provider = "nomad"`, since version 1.3)."""

from collections.abc import Iterator
from typing import Any

from muster.nomad.embedded.running import Running
from muster.nomad.embedded.state.specs import ServiceSpec
from muster.nomad.embedded.state.values import Allocation

Json = dict[str, Any]


def nomad_services(cluster: Running) -> Iterator[Json]:
    """A row for each running allocation's service of the provider `nomad`."""
    for allocation in cluster.store.allocations.values():
        group = allocation.job.spec.group(allocation.group)
        if group is None or allocation.client_status != "running" or allocation.desired_status != "run":
            continue
        yield from (_row(cluster, allocation, service) for service in group.services if service.provider == "nomad")


def _row(cluster: Running, allocation: Allocation, service: ServiceSpec) -> Json:
    node = next(node for node in cluster.nodes if node.id == allocation.node_id)
    port = next((port for port in allocation.ports if port.label == service.port), None)
    owner = service.task or f"group-{allocation.group}"
    return {
        "Address": port.host_ip if port else node.address,
        "AllocID": allocation.id,
        "CreateIndex": allocation.create_index,
        "Datacenter": node.datacenter,
        "ID": f"_nomad-task-{allocation.id}-{owner}-{service.name}-{service.port}",
        "JobID": allocation.job.id,
        "ModifyIndex": allocation.modify_index,
        "Namespace": allocation.job.namespace,
        "NodeID": allocation.node_id,
        "Port": port.value if port else 0,
        "ServiceName": service.name,
        "Tags": list(service.tags),
    }
