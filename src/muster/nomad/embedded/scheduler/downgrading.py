"""Which version of the job a placement gets: while canaries wait for their promotion, others keep the older one."""

from dataclasses import dataclass

from muster.nomad.embedded.scheduler.plans import Place
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.specs import GroupSpec
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.state.values import Deployment


@dataclass(frozen=True)
class Version:
    """The job, its group and the deployment that an allocation will be part of."""

    job: Job
    group: GroupSpec
    deployment_id: str


def version_for(store: Store, job: Job, place: Place, deployment: Deployment | None) -> Version:
    """The current version, or the last one that was promoted."""
    older = _older(store, job, place) if place.downgrading else None
    if older is not None:
        return older
    rolling = deployment is not None and deployment.active and place.group.name in deployment.groups
    return Version(job, place.group, deployment.id if rolling and deployment else "")


def _older(store: Store, job: Job, place: Place) -> Version | None:
    key, name = (job.namespace, job.id), place.group.name
    least = place.previous.job.version if place.previous else 0
    for deployment in sorted(store.job_deployments(key), key=lambda d: -d.job_version):
        progress = deployment.groups.get(name)
        if progress is None or progress.awaits_promotion:
            continue
        found = next((v for v in store.versions.get(key, ()) if v.version == deployment.job_version), None)
        group = found.spec.group(name) if found else None
        if found is not None and group is not None and found.version >= least:
            return Version(found, group, deployment.id)
    return None
