"""Whatever a run may know comes back from its checkpoint as it was: SQLite, strict msgpack, any text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotated_values import Annotations
from muster.aegis.domain.evaluation.measured import Measured
from muster.aegis.domain.spec import Budget
from muster.aegis.state import State
from muster.core.testing.reloading import reloaded

ANNOTATIONS = Annotations(
    {
        Budget: st.floats(0, 100).map(lambda most: Budget(soft_usd=most / 2, max_usd=most)),
        Measured: st.builds(
            Measured, losses=st.just((1.5, None)), exact=st.lists(st.booleans(), max_size=2).map(tuple)
        ),
    }
)


@pytest.mark.parametrize("name", list(State.model_fields))
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_field_of_a_state_survives_its_checkpoint(name: str, data: st.DataObject) -> None:
    state = State(**{name: data.draw(ANNOTATIONS.of_field(State.model_fields[name]))})
    assert reloaded(state) == state
