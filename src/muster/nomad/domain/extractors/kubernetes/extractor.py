"""Reads Kubernetes manifests: each workload that runs, and what Services, ConfigMaps and the like say about it."""

from collections.abc import Iterator

from muster.nomad.domain.extractors.extractor import Extractor, Files, problem
from muster.nomad.domain.extractors.kubernetes.library import Library
from muster.nomad.domain.extractors.kubernetes.manifests import SOURCE, Manifest, read_manifests
from muster.nomad.domain.extractors.kubernetes.pods import workload_facts
from muster.nomad.domain.extractors.kubernetes.services import address_facts, route_facts, services_of, told_services
from muster.nomad.domain.extractors.kubernetes.workloads import choose_workloads
from muster.nomad.domain.facts import Evidence

# What is named and not carried over: it scales, routes or runs something by a program of its own.
_TOLD = {
    "HorizontalPodAutoscaler": "how many run stays as it is: Nomad's autoscaler is a program of its own",
    "ScaledObject": "how many run stays as it is: Nomad's autoscaler is a program of its own",
    "HTTPRoute": "a route is taken only where you answer one",
    "IngressRoute": "a route is taken only where you answer one",
    "VirtualService": "a route is taken only where you answer one",
    "HelmRelease": "what a chart would install is not known here",
    "HelmChart": "what a chart would install is not known here",
    "ExternalSecret": "say where its secrets lie on Nomad",
}


def extract_kubernetes(files: Files) -> tuple[Evidence, ...]:
    """What the manifests say, workload by workload."""
    manifests, broken = read_manifests(files)
    workloads, left_out = choose_workloads(manifests)
    library = Library(manifests)
    reached = services_of(workloads, library)
    named = {(one.kind, one.full_name): one for one in reversed(manifests)}
    return (
        *(one for workload in workloads for one in workload_facts(workload, library, reached)),
        *address_facts(reached),
        *route_facts(reached, library),
        *told_services(library),
        *(one for manifest in named.values() for one in _told(manifest)),
        *left_out,
        *broken,
    )


def _told(manifest: Manifest) -> Iterator[Evidence]:
    knative = manifest.kind == "Service" and manifest.version.startswith("serving.knative.dev")
    why = "Knative's services are not read" if knative else _TOLD.get(manifest.kind)
    if why:
        line = manifest.body.at.rpartition(":")[2]
        said = f"{manifest.kind} {manifest.full_name}: {why}"
        yield problem(SOURCE, manifest.path, said, line=int(line) if line.isdigit() else None)


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Kubernetes manifests (kustomize's images, names and literals; no Helm charts): workloads with image, "
    "ports, environment, probes, resources, volumes, users; Services, Ingresses, ConfigMaps, names of Secrets",
    globs=("*.yaml", "*.yml", "Kustomization"),
    extract=extract_kubernetes,
    max_bytes=512 * 1024,
    max_files=600,
)
