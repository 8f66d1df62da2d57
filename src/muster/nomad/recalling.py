"""What memory adds to a failing run: its cures and its order, over what rules and a model propose."""

from collections.abc import Sequence

from muster.nomad.context import Context
from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.remembering.ceiling import is_under, under_ceiling
from muster.nomad.domain.remembering.foresight import foresee
from muster.nomad.domain.remembering.lesson import application_of
from muster.nomad.domain.remembering.ranking import SIMILAR, Near, rank_proposals, seen_before
from muster.nomad.domain.remembering.trust import is_trusted
from muster.nomad.domain.spec import JobSpec
from muster.nomad.memos import recall_near
from muster.nomad.ports import Advice
from muster.nomad.state import State

_MOST_TOLD = 5


def advised(failure: Failure, state: State, context: Context) -> tuple[Advice, tuple[str, ...]]:
    """What the advisor says, in the order that memory suggests and with the cures that it adds; and what it changed,
    as sentences."""
    near = recall_near(context.memory, failure.cause, context.policy.cluster)
    advice = context.advisor.advise(failure, memories=_memories(near, state))
    cause, spec, ceiling = failure.cause, failure.spec, state.remembered.preferences.most_memory_mb
    variables = _variables(state) | {cause.facts.get("variable", "")}

    def fair(patch: SpecPatch) -> bool:
        return is_under(patch, ceiling, state.wishes)

    ranked = rank_proposals(
        [one for one in advice.proposals if fair(one.patch)],
        near,
        cause=cause,
        spec=spec,
        application=application_of(spec, state.analysis, cause.group, cause.task),
        cluster=context.policy.cluster,
        tried=failure.tried,
        trusted=lambda patch: fair(patch) and is_trusted(patch, spec, state.cluster, variables),
    )
    return advice.model_copy(update={"proposals": ranked.proposals}), ranked.notes


def with_experience(
    spec: JobSpec, answered: Sequence[str], state: State, context: Context
) -> tuple[JobSpec, tuple[str, ...]]:
    """The job below the preferred ceiling and with the cures that it needed before; and what changed, as sentences."""
    ceiling = state.remembered.preferences.most_memory_mb
    capped, notes = under_ceiling(spec, ceiling, state.wishes, answered)
    foreseen = foresee(
        capped,
        [one for one in state.remembered.lessons if is_under(one.patch, ceiling, state.wishes)],
        cluster=context.policy.cluster,
        room=state.cluster,
        wishes=state.wishes,
        answers=answered,
        variables=_variables(state),
    )
    return foreseen.spec, (*notes, *foreseen.notes)


def _memories(near: Sequence[Near], state: State) -> tuple[str, ...]:
    told = [seen_before(one.lesson) for one in near if one.nearness >= SIMILAR]
    return (*told[:_MOST_TOLD], *state.remembered.preferences.unclear)


def _variables(state: State) -> set[str]:
    """The variables that the application is known to read."""
    services = state.analysis.services if state.analysis else ()
    return {entry.name for service in services for entry in service.env}
