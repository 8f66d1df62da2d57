"""Builds the job spec from what was decided: pure, and only from evidence, the user's word and stated defaults.

One job; `layout` says which service goes where, `discovery` how they reach each other. What nobody knows
becomes a variable without default, with a comment that says what is missing and where it was looked for.
"""

from muster.core.errors import UsageError
from muster.core.evidence import Sourced
from muster.nomad.domain.build.env import env_variables
from muster.nomad.domain.build.layout import GroupLayout
from muster.nomad.domain.build.network import group_network, group_services
from muster.nomad.domain.build.placing import placing_constraints
from muster.nomad.domain.build.policies import restart_policy, update_policy
from muster.nomad.domain.build.reasons import reasons_of
from muster.nomad.domain.build.site import Site, SpecDefaults, image_variable, make_site
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.build.task import service_task
from muster.nomad.domain.build.volumes import chown_tasks, volume_requests
from muster.nomad.domain.decisions.apply import Decisions
from muster.nomad.domain.merge.unknowns import image_looked_for
from muster.nomad.domain.policies import Periodic
from muster.nomad.domain.profile import JobKind, ServiceProfile
from muster.nomad.domain.spec import GroupSpec, JobSpec, JobType, Variable

_TYPES: dict[JobKind, JobType] = {"service": "service", "batch": "batch", "periodic": "batch", "system": "system"}


def build_spec(decisions: Decisions, target: Target | None = None, defaults: SpecDefaults | None = None) -> JobSpec:
    """The job. `target` is what is known of the cluster, if any. Raises UsageError when no service is selected."""
    if not decisions.analysis.services:
        raise UsageError("nothing is selected that could run", advice="Select at least one Dockerfile or service.")
    site = make_site(decisions, target, defaults or SpecDefaults())
    spec = JobSpec(
        name=site.job,
        type=_TYPES[site.layout.kind],
        region=_value(decisions.region) or site.defaults.region,
        namespace=_value(decisions.namespace) or site.defaults.namespace,
        datacenters=datacenters(site).value,
        variables=_variables(site),
        periodic=_periodic(site),
        groups=tuple(_group(site, group) for group in site.layout.groups),
    )
    return spec.model_copy(update={"reasons": reasons_of(site, spec, datacenters(site))})


def datacenters(site: Site) -> Sourced[tuple[str, ...]]:
    """Where the job may run: as asked, as set, as the cluster says, else `dc1`."""
    if site.decisions.datacenters:
        return site.decisions.datacenters
    if site.defaults.datacenter:
        names = tuple(name.strip() for name in site.defaults.datacenter.split(",") if name.strip())
        return Sourced(value=names, source="settings", reason="NOMAD_DATACENTER")
    if site.target and site.target.datacenters:
        return Sourced(value=site.target.datacenters, source="cluster", reason="the cluster's datacenters")
    return Sourced(value=("dc1",), source="default", reason="Nomad's default datacenter; no cluster was asked")


def _group(site: Site, group: GroupLayout) -> GroupSpec:
    service, kind = group.service, site.layout.kind
    shared = bool(group.beside)
    return GroupSpec(
        name=service.name,
        count=_count(service, kind),
        network=group_network(site, group),
        services=group_services(site, group),
        volumes=volume_requests(group),
        tasks=(
            *chown_tasks(group),
            *(service_task(site, one, before=True) for one in group.before),
            *(service_task(site, one, shared=shared) for one in group.running),
        ),
        constraints=placing_constraints(group, site.target),
        update=update_policy(kind, service, site.defaults.verify_deadline_s),
        restart=restart_policy(kind, service),
    )


def _count(service: ServiceProfile, kind: JobKind) -> int:
    """How many; a system job has one on every node, a periodic one runs once a time."""
    return service.replicas.value if service.replicas and kind in ("service", "batch") else 1


def _periodic(site: Site) -> Periodic | None:
    """The clock of a periodic job; without one it is a batch job that somebody starts."""
    clocks = [group.service.cron for group in site.layout.groups if group.service.cron]
    if site.layout.kind != "periodic" or not clocks:
        return None
    return Periodic(cron=clocks[0].value, prohibit_overlap=True)


def _variables(site: Site) -> tuple[Variable, ...]:
    members = [one for group in site.layout.groups for one in group.members]
    images = [
        Variable(
            name=image_variable(one),
            description=f"Image of {one.name}",
            missing=f"not found in {image_looked_for(one)}",
        )
        for one in members
        if one.image is None
    ]
    envs = [variable for one in members for variable in env_variables(one)]
    return tuple({variable.name: variable for variable in (*images, *envs)}.values())


def _value(one: Sourced[str] | None) -> str | None:
    return one.value if one else None
