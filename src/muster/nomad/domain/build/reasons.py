"""Why each value of a spec is what it is, by path: what `--explain` writes as comments."""

import shlex
from collections.abc import Iterator, Mapping

from muster.core.evidence import Sourced
from muster.nomad.domain.build.discovery import env_template
from muster.nomad.domain.build.env import job_entries, place_reads, task_templates
from muster.nomad.domain.build.layout import GroupLayout
from muster.nomad.domain.build.network import check_type, health_of, is_checked, static_port
from muster.nomad.domain.build.placing import placing_reasons
from muster.nomad.domain.build.routing import route_reasons
from muster.nomad.domain.build.site import Site, on_host_network, port_label
from muster.nomad.domain.build.storage import kept_volumes
from muster.nomad.domain.build.task import task_size
from muster.nomad.domain.build.volumes import volume_name
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.profile import ServiceProfile
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import Template

Reason = tuple[str, str]

_SETTINGS = {
    "cap_drop": "config.cap_drop",
    "read_only": "config.readonly_rootfs",
    "init": "config.init",
    "labels": "config.labels",
    "hostname": "config.hostname",
    "shm_size": "config.shm_size",
    "stop_signal": "kill_signal",
    "stop_grace_period": "kill_timeout",
}
"""Compose's key, and where the task says the same."""


def reasons_of(site: Site, spec: JobSpec, datacenters: Sourced[tuple[str, ...]]) -> dict[str, str]:
    """Path to reason, in the order of the job."""
    found = [*_job(site, spec, datacenters)]
    for group in site.layout.groups:
        found += _group(site, group)
        found += [reason for one in group.members for reason in _task(site, group, one)]
    return {path: text for path, text in found if text}


def _job(site: Site, spec: JobSpec, datacenters: Sourced[tuple[str, ...]]) -> Iterator[Reason]:
    yield "datacenters", datacenters.explain()
    if site.decisions.namespace:
        yield "namespace", site.decisions.namespace.explain()
    if site.decisions.region:
        yield "region", site.decisions.region.explain()
    first = site.layout.groups[0].service if site.layout.groups else None
    if first:
        yield "type", first.job.explain()
    if spec.periodic and first and first.cron:
        yield "periodic.cron", first.cron.explain()


def _group(site: Site, group: GroupLayout) -> Iterator[Reason]:
    service, path = group.service, f"group.{group.service.name}"
    yield f"{path}.count", service.replicas.explain() if service.replicas else "nothing asks for more"
    for one in group.running:
        for port in one.ports:
            yield from _port(site, path, one, port)
    for one in group.members:
        kept = [volume for volume in one.volumes if volume.value in kept_volumes(one)]
        why = f"; {one.storage.reason}" if one.storage and one.storage.source == "cluster" else ""
        yield from ((f"{path}.volume.{volume_name(volume.value)}", f"{volume.explain()}{why}") for volume in kept)
    yield from _policies(site, path, group)


def _policies(site: Site, path: str, group: GroupLayout) -> Iterator[Reason]:
    service = group.service
    if site.layout.kind in ("service", "system"):
        yield f"{path}.update", f"within the {site.defaults.verify_deadline_s:.0f} s that a deployment is watched"
    yield f"{path}.constraint", "; ".join(placing_reasons(group, site.target))
    if service.depends_on:
        names = ", ".join(one.value.service for one in service.depends_on)
        yield f"{path}.restart", f"room to wait for {names}"


def _port(site: Site, path: str, service: ServiceProfile, port: Sourced[PortFact]) -> Iterator[Reason]:
    label, name = f"{path}.network.port.{port_label(service, port)}", site.service_name(service, port)
    static = static_port(site, service) if port == service.ports[0] else None
    if static:
        yield f"{label}.static", static.explain()
    yield f"{label}.to" if not on_host_network(service) else label, port.explain()
    yield f"{path}.service.{name}.provider", site.provider.explain()
    if port.value.protocol == "tcp" and is_checked(site):
        yield f"{path}.service.{name}.check.{check_type(site, service, port)}", _check(site, service, port)
    if port == service.ports[0]:
        yield f"{path}.service.{name}.tags", route_reasons(site, service)


def _check(site: Site, service: ServiceProfile, port: Sourced[PortFact]) -> str:
    known = health_of(service, port)
    if service.health and check_type(site, service, port) != "tcp":
        return service.health.explain()
    if known and known.type == "command":
        words = known.command
        command = words[2] if words[:2] == ("/bin/sh", "-c") and len(words) == 3 else shlex.join(words)
        return f"`{command}` is not carried over: a cluster without Consul runs no commands; an open port counts"
    needed = ", and a router asks only what passes a check" if route_reasons(site, service) else ""
    return f"no HTTP route is known: an open port counts{needed}"


def _task(site: Site, group: GroupLayout, service: ServiceProfile) -> Iterator[Reason]:
    path = f"group.{group.service.name}.task.{service.name}"
    size = task_size(site, service)
    shown: Mapping[str, Sourced[str] | Sourced[tuple[str, ...]] | None] = {
        "config.image": service.image,
        "config.command": service.command,
        "config.entrypoint": service.entrypoint,
        "config.work_dir": service.workdir,
        "config.network_mode": service.network_mode,
    }
    yield from ((f"{path}.{field}", one.explain()) for field, one in shown.items() if one)
    yield from _container(path, service)
    yield f"{path}.resources.cpu", size.cpu_mhz.explain()
    yield f"{path}.resources.memory", size.memory_mb.explain()
    if service.user:
        yield f"{path}.user", service.user.explain()
    if service in group.before:
        yield f"{path}.lifecycle", "the group's service waits until this has ended (depends_on)"
    for port in service.ports:
        if port.value.env and port.value.env_value("0"):
            yield f"{path}.env.{port.value.env}", "the port that the code reads; Nomad fills it in"
    for template in task_templates(site, service):
        yield f"{path}.template.{template.destination}", "; ".join(_filled(template, service))
    yield from _read_by_block(site, service, path)
    for entry in job_entries(service):
        if not entry.place and env_template(site, service, entry) is None:
            yield f"{path}.env.{entry.name}", f"{entry.reason} ({entry.where})" if entry.where else entry.reason


def _read_by_block(site: Site, service: ServiceProfile, path: str) -> Iterator[Reason]:
    reads = place_reads(site, service)
    for block in reads.secrets:
        yield f"{path}.secret.{block.name}", "read once, before the task starts"
    for entry in job_entries(service):
        if entry.name in reads.env:
            yield f"{path}.env.{entry.name}", f"a secret in {entry.place.partition('#')[0]}"


def _container(path: str, service: ServiceProfile) -> Iterator[Reason]:
    lines = service.container.value.lines if service.container else {}
    for key, field in _SETTINGS.items():
        if key in lines:
            yield f"{path}.{field}", f"`{key}` of the service ({lines[key]})"


def _filled(template: Template, service: ServiceProfile) -> Iterator[str]:
    """What each of its variables is."""
    names = {line.partition("=")[0] for line in template.data.splitlines()}
    for entry in job_entries(service):
        if entry.name in names and entry.place:
            kind = "is" if entry.place.startswith("consul:") else "is a secret in"
            yield f"{entry.name} {kind} {entry.place.partition('#')[0]}"
        elif entry.name in names:
            yield f"{entry.name} names another service" + (f" ({entry.where})" if entry.where else "")
