"""The best repair becomes the spec of the next attempt."""

from aegis.walks import Walk, runtime
from muster.aegis.domain.repairs import SpecChange, SpecRepair
from muster.aegis.nodes.remediate import remediate_spec
from muster.aegis.state import State


def repaired(walk: Walk, done: State, change: SpecChange) -> State:
    repair = SpecRepair(patch=change, reason="r", expected_effect="e")
    update = remediate_spec(done.model_copy(update={"proposals": [repair]}), runtime(walk))
    return done.model_copy(update=dict(update))


def test_the_change_is_the_specs_and_counts(walk: Walk, done: State) -> None:
    state = repaired(walk, done, SpecChange(micro_batch=2))
    assert state.spec is not None
    assert (state.spec.optimization.micro_batch, state.attempt) == (2, done.attempt + 1)


def test_what_was_decided_and_measured_before_counts_no_more(walk: Walk, done: State) -> None:
    state = repaired(walk, done, SpecChange(micro_batch=2))
    assert (state.decision, state.measurement, state.judgement, state.artefact) == (None, None, None, "")
