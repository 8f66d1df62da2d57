"""What a suggestion is made from: the service, its neighbours, and the stores that this cluster can read."""

from dataclasses import dataclass

from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.profile import ServiceProfile
from muster.nomad.domain.values import Part


class Stores(Part):
    """Which stores a job can read. `variables`: Nomad variables, which Nomad has since 1.4."""

    vault: bool = False
    consul: bool = False
    variables: bool = True


@dataclass(frozen=True)
class Surroundings:
    """One service among the others; `app` is the job's name, as far as it is known yet."""

    app: str
    service: ServiceProfile
    others: tuple[ServiceProfile, ...]
    estate: EstateFacts
    stores: Stores
