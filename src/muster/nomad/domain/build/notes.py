"""What a build leaves out or takes for granted, said in sentences: a human should read them before deploying."""

from collections.abc import Iterator

from muster.nomad.domain.backing import backing_image
from muster.nomad.domain.build.discovery import siblings
from muster.nomad.domain.build.env import job_entries, own_path, task_templates
from muster.nomad.domain.build.network import is_checked, static_port
from muster.nomad.domain.build.placing import GPU, gpu_mark, has_gpu_plugin
from muster.nomad.domain.build.routing import route_notes
from muster.nomad.domain.build.site import Site, SpecDefaults, make_site, on_host_network
from muster.nomad.domain.build.storage import kept_volumes, storage_notes
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.build.task import container_of, has_readonly_rootfs
from muster.nomad.domain.build.volumes import lost_folders
from muster.nomad.domain.decisions.apply import Decisions
from muster.nomad.domain.profile import RUN_ORIGINS, ServiceProfile
from muster.nomad.domain.versions import has_feature

DYNAMIC_PORTS = range(20000, 32001)
"""Nomad picks from these."""


def build_notes(
    decisions: Decisions, target: Target | None = None, defaults: SpecDefaults | None = None
) -> tuple[str, ...]:
    """What was dropped with its reason, and what the cluster has to offer."""
    site = make_site(decisions, target, defaults or SpecDefaults())
    members = [one for group in site.layout.groups for one in group.members]
    return (
        *(
            f"{one.name} is left out: it is a {one.job.value} job, this is a {site.layout.kind} job"
            for one in site.layout.left_out
        ),
        *(
            note
            for one in members
            for teller in (_privileges, _container, _volumes, _anonymous, _files, _user, _network, _schedule)
            for note in teller(one)
        ),
        *(
            note
            for one in members
            for teller in (_stores, _needs, _unnamed, _secrets, _devices, _architecture)
            for note in teller(site, one)
        ),
        *(
            note
            for group in site.layout.groups
            for note in (*_port(site, group.service), *route_notes(site, group.service))
        ),
    )


def _privileges(service: ServiceProfile) -> Iterator[str]:
    bound = {one.where for one in service.volumes if one.value.type == "bind"}
    for one in service.privileges:
        if one.where in bound:
            continue
        what = f"{one.value.privilege} {one.value.detail}".strip()
        yield f"{service.name}: {what} is not carried over ({one.where}): privileges come only from a human"


def _container(service: ServiceProfile) -> Iterator[str]:
    """What is said of the container and the job does not say, in one sentence; a read-only root with the reason."""
    container = container_of(service)
    if container.not_carried:
        source = service.container.source if service.container else ""
        yield f"{service.name}: not carried over from {source}: {', '.join(container.not_carried)}"
    if container.readonly_rootfs and not has_readonly_rootfs(service):
        folders = ", ".join(lost_folders(service))
        yield f"{service.name}: read_only is not carried over: nothing is mounted at {folders}, which must be writable"


def _needs(site: Site, service: ServiceProfile) -> Iterator[str]:
    """What it talks to and this job does not run, in one sentence."""
    services = site.decisions.analysis.services
    images = [backing_image(one.image.value) for one in services if one.image]
    served = {image.serves for image in images if image} | {one.unit_name for one in services}
    away = [f"{one.value.service} ({one.explain()})" for one in service.dependencies if one.value.service not in served]
    verb = "is" if len(away) == 1 else "are"
    if away:
        yield f"{service.name} talks to {', '.join(away)}, which {verb} not part of this job"


def _unnamed(site: Site, service: ServiceProfile) -> Iterator[str]:
    """What it waits for, and no value names: its code or files may know a name that means nothing on Nomad."""
    text = "".join(template.data for template in task_templates(site, service))
    for other in siblings(site, service):
        awaited = any(one.value.service == other.unit_name for one in service.depends_on)
        if awaited and not any(f'"{site.service_name(other, port)}"' in text for port in other.ports):
            yield (
                f"{service.name} waits for {other.name}, and {_unseen(service)} names it: if its code or files do, "
                f"the name {other.unit_name} means nothing on Nomad; give them its address by a variable"
            )


def _unseen(service: ServiceProfile) -> str:
    """What does not name another service; the value of a secret is never kept, so it may."""
    hidden = [entry.name for entry in service.env if entry.secret and entry.origin in RUN_ORIGINS]
    if not hidden:
        return "no variable or command"
    return f"apart from {', '.join(hidden)}, whose value is a secret and not kept, no variable or command"


def _files(service: ServiceProfile) -> Iterator[str]:
    for entry in service.env:
        if (entry.value or "").startswith("/run/secrets/"):
            yield f"{service.name}: {entry.name} names {entry.value} ({entry.where}), a file that only compose provides"


def _volumes(service: ServiceProfile) -> Iterator[str]:
    for one in service.volumes:
        if one.value.type == "bind":
            yield (
                f"{service.name}: the host path {one.value.source} is not mounted at {one.value.path} ({one.where}): "
                "put the files into the image or a volume; host mounts come only from a human"
            )


def _stores(site: Site, service: ServiceProfile) -> Iterator[str]:
    return storage_notes(service, site.target)


def _devices(site: Site, service: ServiceProfile) -> Iterator[str]:
    seen = site.target is not None and site.target.ready_nodes
    if not service.gpus or not seen or has_gpu_plugin(site.target):
        return
    if mark := gpu_mark(site.target):
        chosen = f"{mark.attribute} {mark.operator} {mark.value}"
        yield f"{service.name}: no node counts its GPUs, so it shares those of the nodes with {chosen} with others"
    else:
        yield f"{service.name}: it asks for a GPU, and no ready node offers {GPU}: its device plugin finds them"


def _architecture(site: Site, service: ServiceProfile) -> Iterator[str]:
    nodes = site.target.architectures if site.target else ()
    if service.architecture and nodes and service.architecture.value not in nodes:
        yield f"{service.name}: its image is for {service.architecture.value}, and the nodes are {' and '.join(nodes)}"


def _anonymous(service: ServiceProfile) -> Iterator[str]:
    mounted = {one.value.path.rstrip("/") for one in service.volumes if one.value.type != "anonymous"}
    for one in service.volumes:
        if one.value.type == "anonymous" and one.value.path.rstrip("/") not in mounted:
            yield (
                f"{service.name}: data in {one.value.path} goes with the container unless a volume is given "
                f"({one.explain()})"
            )


def _user(service: ServiceProfile) -> Iterator[str]:
    user = service.user
    if user and user.value.uid is None and user.value.user not in ("", "root") and kept_volumes(service):
        yield (
            f"{service.name}: the number of user {user.value.user} is not known ({user.where}), so nothing gives its "
            "volume to it"
        )


def _network(service: ServiceProfile) -> Iterator[str]:
    mode = service.network_mode.value if service.network_mode else "default"
    if mode not in ("default", "host", "bridge") and not mode.startswith("service:"):
        yield f"{service.name}: the network {mode} is not carried over: services of a job find each other by address"
    for port in service.ports if on_host_network(service) else ():
        if port.value.env and port.value.env_value("0") is None:
            yield (
                f"{service.name}: {port.value.env} says where it listens, and nothing shows how its value is written: "
                f"it is not set, so the port stays {port.value.port}"
            )
    if service.static_port and not service.ports:
        yield f"{service.name}: port {service.static_port.value} is not published: nothing is known to listen"


def _secrets(site: Site, service: ServiceProfile) -> Iterator[str]:
    stores = {entry.place.partition(":")[0] for entry in job_entries(service) if entry.place}
    if site.target and "vault" in stores and not site.target.vault:
        yield f"{service.name}: its secrets are in Vault, and this cluster has none"
    if site.target and "nomad-var" in stores and not has_feature(site.target.version, "nomad-variables"):
        yield f"{service.name}: its secrets are in Nomad variables, which Nomad {site.target.version} does not have"
    yield from _form(site, service, stores)


def _form(site: Site, service: ServiceProfile, stores: set[str]) -> Iterator[str]:
    """What the form of the secrets brings with it."""
    form = site.secret_form
    if not stores & {"vault", "nomad-var"}:
        return
    if form.native:
        yield (
            f"{service.name}: its secrets are read once, before it starts: --secret-format template restarts it when "
            "they change, and takes values of several lines"
        )
    if site.defaults.secret_format == "native" and not form.native:
        yield f"{service.name}: Nomad {site.version} has no `secret` block: its secrets are read by templates"
    names = [one.name for one in job_entries(service) if one.place.startswith("vault:")] if form.variables else []
    if names:
        put = f"nomad var put {own_path(site, service)} {' '.join(f'{name}=...' for name in names)}"
        yield f"{service.name}: put its secrets into Nomad before it starts: {put}"


def _schedule(service: ServiceProfile) -> Iterator[str]:
    if service.job.value == "periodic" and service.cron is None:
        yield f"{service.name}: no schedule is known, so the job runs once, when it is submitted"


def _port(site: Site, service: ServiceProfile) -> Iterator[str]:
    if service.ports and not is_checked(site):
        yield f"{service.name}: nothing checks its health: Nomad {site.version} has no checks for services of its own"
    static, count = static_port(site, service), service.replicas.value if service.replicas else 1
    if static and static.value in DYNAMIC_PORTS:
        yield f"{service.name}: Nomad itself picks ports from 20000-32000: the static port {static.value} may be taken"
    if static and count > 1:
        yield f"{service.name}: the static port {static.value} allows one instance a node, and {count} are asked for"
