"""`nomad-spec doctor`: every service, also those that are not configured, with what to do about it."""

import json
import sys

from muster.core.console import make_console, visible
from muster.core.errors import ServiceError
from muster.core.observability.logs import set_up_logs
from muster.core.settings import load_settings
from muster.nomad.domain.estate.service_states import UNSET, ServiceState, services_table
from muster.nomad.service_checks import service_checks, unset_services
from muster.nomad.settings import NomadSettings, chosen_cluster
from muster.nomad.surveying.services import ask_services
from muster.nomad.wiring import services_of, settings_of

_WIDEST = 140
"""Longer lines are hard to read."""


def examine_services(*, embedded: bool, cluster_id: str | None, as_json: bool) -> None:
    """Print how each is. Raises ServiceError when one of those that are configured is not well, UsageError for options
    that contradict."""
    options = chosen_cluster(embedded=embedded, cluster_id=cluster_id)
    settings = settings_of(load_settings(NomadSettings), cluster_id)
    set_up_logs(settings)
    settings = services_of(settings, options)
    asked = ask_services(service_checks(settings))
    unset = (ServiceState(name=name, status=UNSET, action=way) for name, way in unset_services(settings).items())
    states = (*asked, *unset)
    if as_json:
        sys.stdout.write(json.dumps([one.model_dump() for one in states], indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(visible(services_table(states, min(make_console().width, _WIDEST))) + "\n")
    if wrong := [one.name for one in asked if not one.is_well]:
        raise ServiceError(f"not well: {', '.join(wrong)}")
