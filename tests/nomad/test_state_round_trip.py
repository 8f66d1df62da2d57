"""Whatever a run may know comes back from its checkpoint as it was: SQLite, strict msgpack, any text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotated_values import Annotations
from muster.core.testing.reloading import reloaded
from muster.nomad.domain.spec import JobSpec
from muster.nomad.state import State
from nomad.domain.strategies import specs, texts

ANNOTATIONS = Annotations({str: texts, JobSpec: specs()})


@pytest.mark.parametrize("name", [name for name in State.model_fields if name not in ("source", "prompt", "goal")])
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_field_of_a_state_survives_its_checkpoint(name: str, data: st.DataObject) -> None:
    state = State(
        source=data.draw(texts),
        prompt=data.draw(texts),
        **{name: data.draw(ANNOTATIONS.of_field(State.model_fields[name]))},
    )
    assert reloaded(state) == state
