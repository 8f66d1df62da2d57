"""Asks the cluster what it is, so that the spec fits it."""

from langgraph.runtime import Runtime

from muster.core.errors import ServiceError
from muster.nomad.context import Context
from muster.nomad.domain.estate.service_states import NOMAD
from muster.nomad.ports import ClusterFacts
from muster.nomad.state import State, Update


def inspect_cluster(state: State, runtime: Runtime[Context]) -> Update:
    """Version, datacenters, drivers, sizes; nothing where there is no cluster.

    A written spec does without one that is away. Raises a ServiceError where a deployment does not.
    """
    if runtime.context.cluster is None or NOMAD in state.without:
        return {}
    try:
        facts = runtime.context.cluster.facts()
    except ServiceError as error:
        if state.goal != "spec":
            raise
        text = f"written without the cluster: {error.message}"
        return {"events": [runtime.context.say("inspect_cluster", "warned", text, detail=error.advice)]}
    return {"cluster": facts, "events": [runtime.context.say("inspect_cluster", "found", _summary(facts))]}


def _summary(facts: ClusterFacts) -> str:
    where = f"in {', '.join(facts.datacenters)}" if facts.datacenters else "(none to be seen)"
    return f"Nomad {facts.version or 'of unknown version'} at {facts.address}: {facts.ready_nodes} ready nodes {where}"
