"""Looks at the services before anything else is done, and asks whether the run may go on without some of them."""

from langgraph.runtime import Runtime

from muster.core.errors import ClusterUnavailableError, WorkFailedError
from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.runs.asking import ask
from muster.nomad.context import Context
from muster.nomad.domain.estate.service_states import NOMAD, ServiceState, lost_without, services_table
from muster.nomad.state import State, Update
from muster.nomad.surveying.services import ask_services

_WIDTH = 96
_TOLD_LATER = ("slow", "denied")
"""How a cluster may be that is asked again with more patience, or that refuses only some requests."""


def check_services(state: State, runtime: Runtime[Context]) -> Update:
    """Ask all of them at once; a table only where something is wrong.

    Raises ClusterUnavailableError where a deployment has no cluster.
    """
    checks = runtime.context.estate.checks
    if not checks:
        return {}
    states = ask_services(checks)
    if state.goal != "spec":
        _need_cluster(states)
    wrong = [one.name for one in states if not one.is_well]
    table = services_table(states, _WIDTH)
    if wrong:
        said = runtime.context.say("check_services", "warned", f"not well: {', '.join(wrong)}", detail=table)
    else:
        text = f"services: {', '.join(one.name for one in states)} answer"
        detail = table if runtime.context.policy.verbose else ""
        said = runtime.context.say("check_services", "observed", text, detail=detail)
    return {"services": list(states), "events": [said]}


def accept_services(state: State, runtime: Runtime[Context]) -> Update:
    """Ask once whether to go on without what is of no use. Raises WorkFailedError for a no."""
    away = [one.name for one in state.services if not one.is_of_use and not _is_settled(one, state)]
    if not away:
        return {}
    lost = "; ".join(f"without {name} {lost_without(name)}" for name in away)
    question = ConfirmQuestion(
        id="services", text="Continue with the services that are available?", reason=lost, default=True
    )
    if not ask(Form(title="Services", questions=[question])).confirmed("services"):
        raise WorkFailedError(
            f"nothing was done: you said no to a run without {', '.join(away)}",
            advice="`nomad-spec doctor` says what is wrong with each; then start again.",
        )
    said = runtime.context.say("accept_services", "warned", f"going on without {', '.join(away)}: {lost}")
    return {"without": away, "events": [said]}


def _is_settled(one: ServiceState, state: State) -> bool:
    """A deployment without its cluster is no choice."""
    return one.name == NOMAD and state.goal != "spec"


def _need_cluster(states: tuple[ServiceState, ...]) -> None:
    for one in states:
        if one.name == NOMAD and not one.is_of_use and one.status not in _TOLD_LATER:
            raise ClusterUnavailableError(one.issue, advice=one.action)
