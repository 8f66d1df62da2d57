"""Asks every service how it is, all at once."""

from collections.abc import Sequence

from muster.core.health import Check, ask_all
from muster.nomad.domain.estate.service_states import ServiceState


def ask_services(checks: Sequence[Check]) -> tuple[ServiceState, ...]:
    """Each service's answer, in their order. Takes as long as the slowest of them may."""
    return tuple(
        ServiceState(
            name=check.name,
            status=health.status,
            address=check.address,
            issue=health.detail,
            action="" if health.ok else health.advice,
        )
        for check, health in zip(checks, ask_all(checks), strict=True)
    )
