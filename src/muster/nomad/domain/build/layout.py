"""Which service of an application becomes which part of its job.

The rule: one job, one group for each service, one task in it. Exceptions:
- a service that another waits for until it has ended (`service_completed_successfully`, an init container) is a
  prestart task in the group of the first one that waits;
- a service on the network of another (`network_mode: service:web`, a further container of a Kubernetes pod) is a
  second task in that one's group, which then has one network for all its tasks (`mode = "bridge"`);
- a job has one type, that of the services built here: what runs otherwise (a batch run beside servers) is left out
  and said.
Everything else that compose's `depends_on` means is service discovery: see `discovery`.
"""

from collections.abc import Iterable, Sequence

from muster.nomad.domain.profile import Analysis, JobKind, ServiceProfile
from muster.nomad.domain.units import kind_of
from muster.nomad.domain.values import Part


class GroupLayout(Part):
    """The services of one group: its own, those that run before it, those that share its network."""

    service: ServiceProfile
    before: tuple[ServiceProfile, ...] = ()
    beside: tuple[ServiceProfile, ...] = ()

    @property
    def running(self) -> tuple[ServiceProfile, ...]:
        """The services that keep running, on one network."""
        return (self.service, *self.beside)

    @property
    def members(self) -> tuple[ServiceProfile, ...]:
        """Every service in the group."""
        return (*self.before, *self.running)


class Layout(Part):
    """The groups of the job, its kind, and what is left out of it."""

    kind: JobKind
    groups: tuple[GroupLayout, ...]
    left_out: tuple[ServiceProfile, ...] = ()

    def group_of(self, service: ServiceProfile) -> GroupLayout | None:
        """The group in which a service runs."""
        return next((group for group in self.groups if service in group.members), None)


def lay_out(analysis: Analysis) -> Layout:
    """Every service in its place."""
    hosts = _hosts(analysis.services)
    alone = [one for one in analysis.services if one.id not in hosts]
    kind = _job_kind(alone)
    kept = [one for one in alone if one.job.value == kind]
    groups = tuple(
        GroupLayout(
            service=one,
            before=tuple(other for other in analysis.services if hosts.get(other.id) == (one.id, "before")),
            beside=tuple(other for other in analysis.services if hosts.get(other.id) == (one.id, "beside")),
        )
        for one in kept
    )
    placed = {member.id for group in groups for member in group.members}
    return Layout(kind=kind, groups=groups, left_out=tuple(one for one in analysis.services if one.id not in placed))


def _job_kind(services: Sequence[ServiceProfile]) -> JobKind:
    """A server among what is built here makes it a service; else what the first one is."""
    built = [one for one in services if one.is_own] or services
    kinds: list[JobKind] = [one.job.value for one in built]
    if not kinds or "service" in kinds:
        return "service"
    return kinds[0]


def _hosts(services: Sequence[ServiceProfile]) -> dict[str, tuple[str, str]]:
    """For services that run in another's group: whose, and how."""
    direct: dict[str, tuple[str, str]] = {}
    for one in services:
        by_name = {other.unit_name: other for other in services if kind_of(other.id) == kind_of(one.id)}
        mode = one.network_mode.value if one.network_mode else ""
        host = by_name.get(mode.removeprefix("service:")) if mode.startswith("service:") else None
        if host and host.id != one.id:
            direct[one.id] = (host.id, "beside")
        for name in _awaited(one):
            if name in by_name and by_name[name].id != one.id:
                direct.setdefault(by_name[name].id, (one.id, "before"))
    return {guest: found for guest in direct if (found := _settled(guest, direct))}


def _awaited(service: ServiceProfile) -> Iterable[str]:
    return (one.value.service for one in service.depends_on if one.value.condition == "service_completed_successfully")


def _settled(guest: str, direct: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The group at the end of a chain of hosts; None where the chain is a circle: then each stands alone."""
    seen, (host, how) = {guest}, direct[guest]
    while host in direct:
        if host in seen:
            return None
        seen.add(host)
        host, further = direct[host]
        how = "before" if "before" in (how, further) else how
    return host, how
