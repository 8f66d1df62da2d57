"""Asks the services around the cluster what there is: names, never values."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.ports import Estate
from muster.nomad.state import State, Update


def inspect_estate(state: State, runtime: Runtime[Context]) -> Update:
    """Conventions, secrets' paths, services and routes; nothing where none of them is configured."""
    if runtime.context.estate == Estate():
        return {"estate": None}
    return {"estate": EstateFacts()}
