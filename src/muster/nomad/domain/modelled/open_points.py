"""What the rules left open about a service: the only things that a model is asked about, and that it may say."""

from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.domain.values import Part


class OpenPoints(Part):
    """The gaps of one service. `variables`: names that nobody gives a value, none of them a secret."""

    service: str
    unit: str
    port: bool = False
    health: bool = False
    workload: bool = False
    gpu: bool = False
    variables: tuple[str, ...] = ()
    known_variables: tuple[str, ...] = ()
    """Those of which nothing is open."""
    new_variables: bool = False
    """Whether names that no rule found are of interest: code is there, and it was read by rules alone."""
    language: bool = False
    """Not even the language is known: rules may have understood very little."""

    @property
    def any(self) -> bool:
        """Whether a model could add something."""
        return self.port or self.health or self.workload or self.gpu or bool(self.variables) or self.language


def open_points(analysis: Analysis) -> tuple[OpenPoints, ...]:
    """The gaps of each service whose code is here, in order, without those that have none."""
    found = (points_of(service) for service in analysis.services if service.is_own)
    return tuple(points for points in found if points.any)


def points_of(service: ServiceProfile) -> OpenPoints:
    """The gaps of one service."""
    missing = [one for one in service.env if one.required and one.source == "unknown" and not one.secret]
    names = tuple(one.name for one in missing)
    may_listen = service.listens is None or service.listens.value
    return OpenPoints(
        service=service.name,
        unit=service.id,
        port=not service.ports and may_listen,
        health=service.health is None and may_listen,
        workload=service.job.source == "default" and not (service.listens and service.listens.value),
        gpu=service.gpus is None and any(one.value.workload == "compute" for one in service.workloads),
        variables=names,
        known_variables=tuple(one.name for one in service.env if one.name not in names),
        new_variables=bool(names) or service.language is None,
        language=service.language is None,
    )
