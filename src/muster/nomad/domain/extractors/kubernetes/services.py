"""Services and Ingresses: by which name a workload is reached, and at which of its ports."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.compose_yaml import MapNode, elements, mapping, scalar
from muster.nomad.domain.extractors.extractor import problem
from muster.nomad.domain.extractors.kubernetes.library import Library
from muster.nomad.domain.extractors.kubernetes.listening import declares, named_port
from muster.nomad.domain.extractors.kubernetes.manifests import SOURCE, Manifest
from muster.nomad.domain.extractors.kubernetes.workloads import Workload
from muster.nomad.domain.facts import AddressFact, Evidence, RouteFact

_MOST_PORTS = 100


@dataclass(frozen=True)
class Reached:
    """A Service's port and what it sends to: `unit` is a container's. Without ports it only has a name."""

    service: Manifest
    unit: str
    port: int | None
    target: int | None
    at: str


def services_of(workloads: Iterable[Workload], library: Library) -> tuple[Reached, ...]:
    """What every Service sends to; the first workload with its labels gets it, since a name means one."""
    labelled = [(one, one.labels.items()) for one in workloads]
    found: list[Reached] = []
    for service in library.once("Service", "v1"):
        labels = {
            key: node.text for key, one in service.section("spec", "selector").items.items() if (node := scalar(one))
        }
        behind = [one for one, its in labelled if labels and labels.items() <= its]
        behind.sort(key=lambda one: one.manifest.path.rpartition("/")[0] != service.path.rpartition("/")[0])
        if behind:
            found += _reached(service, behind[0])
    return tuple(found)


def address_facts(reached: Iterable[Reached]) -> Iterator[Evidence]:
    """The names by which others reach it."""
    for one in reached:
        fact = AddressFact(
            host=one.service.full_name, namespace=one.service.namespace or "default", port=one.port, target=one.target
        )
        yield Evidence(
            unit=one.unit, fact=fact, source=SOURCE, where=one.at, reason=f"the Service {one.service.full_name}"
        )


def route_facts(reached: Iterable[Reached], library: Library) -> Iterator[Evidence]:
    """The hosts and paths of Ingresses, as hints for whoever answers."""
    units = {name: one.unit for one in reached for name in (one.service.name, one.service.full_name)}
    for ingress in library.once("Ingress", ""):
        for rule in elements(ingress.section("spec").get("rules"))[:_MOST_PORTS]:
            host = scalar(mapping(rule).get("host"))
            for path in elements(mapping(mapping(rule).get("http")).get("paths"))[:_MOST_PORTS]:
                unit = units.get(_backend(mapping(path)))
                said = scalar(mapping(path).get("path"))
                route = f"{host.text if host else ''}{said.text if said else '/'}"
                if unit:
                    where, reason = mapping(path).at, f"the Ingress {ingress.full_name}"
                    yield Evidence(
                        unit=unit, fact=RouteFact(route=route[:300]), source=SOURCE, where=where, reason=reason
                    )


def told_services(library: Library) -> Iterator[Evidence]:
    """Services that stand for something outside."""
    for service in library.once("Service", "v1"):
        outside = scalar(service.section("spec").get("externalName"))
        if outside:
            said = f"the Service {service.full_name} stands for {outside.text[:100]}: name that host itself"
            line = outside.at.rpartition(":")[2]
            yield problem(SOURCE, service.path, said, line=int(line) if line.isdigit() else None)


def _reached(service: Manifest, workload: Workload) -> list[Reached]:
    nodes = [mapping(one) for one in elements(service.section("spec").get("ports"))[:_MOST_PORTS]]
    pairs = [(_number(node, "port"), *_target(node, workload), node.at) for node in nodes]
    container = next((found for _, _, found, _ in pairs if found is not None), workload.main)
    unit = workload.unit_of(container)
    if not pairs:
        return [Reached(service, unit, None, None, service.body.at)]
    return [Reached(service, unit, port, target, at) for port, target, _, at in pairs]


def _target(node: MapNode, workload: Workload) -> tuple[int | None, MapNode | None]:
    """The port inside, and the container that names it, if one does."""
    said = scalar(node.get("targetPort")) or scalar(node.get("port"))
    text = said.text if said else ""
    for container in (workload.main, *workload.containers("containers")):
        number = named_port(container, text)
        if number and (not text.isdigit() or declares(container, number)):
            return number, container
    return named_port(workload.main, text), None


def _number(node: MapNode, key: str) -> int | None:
    found = scalar(node.get(key))
    return named_port(MapNode({}, ""), found.text) if found and found.text.isdigit() else None


def _backend(path: MapNode) -> str:
    """The Service that an Ingress's path sends to, in the words of v1 and of its betas."""
    backend = mapping(path.get("backend"))
    found = scalar(mapping(backend.get("service")).get("name")) or scalar(backend.get("serviceName"))
    return found.text if found else ""
