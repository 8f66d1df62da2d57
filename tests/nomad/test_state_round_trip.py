"""Whatever a run may know comes back from its checkpoint as it was: SQLite, strict msgpack, any text.

The strategies follow the annotations of State, so that a new field or a new kind of fact is covered by itself.
"""

from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from annotated_types import Le
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from muster.core.testing.reloading import reloaded
from muster.nomad.domain.spec import JobSpec
from muster.nomad.state import State
from nomad.domain.strategies import specs, texts

WIDE = 2**63
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-WIDE, WIDE - 1) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(-WIDE, WIDE - 1),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    NoneType: st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    JsonValue: JSON,
    JobSpec: specs(),
}


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """Any value that the annotation allows."""
    if annotation in PLAIN:
        return PLAIN[annotation]
    arguments = get_args(annotation)
    match get_origin(annotation):
        case None:
            return model(annotation)
        case origin if origin is Literal:
            return st.sampled_from(arguments)
        case origin if origin is Annotated:
            return values(arguments[0])
        case origin if origin in (Union, UnionType):
            return st.one_of([values(one) for one in arguments])
        case origin if origin is dict:
            return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=2)
        case origin if origin is tuple and arguments[1:] != (...,):
            return st.tuples(*map(values, arguments))
        case origin:
            return st.lists(values(arguments[0]), max_size=2).map(origin)


@cache
def model(kind: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Any instance, every field drawn."""
    return st.builds(kind, **{name: bounded(field) for name, field in kind.model_fields.items()})


def bounded(field: FieldInfo) -> st.SearchStrategy[Any]:
    if not any(isinstance(limit, Le) for limit in field.metadata):
        return values(field.annotation)
    return st.floats(0, 1) if field.annotation is float else st.integers(1, 65535) | st.none()


@pytest.mark.parametrize("name", [name for name in State.model_fields if name not in ("source", "prompt", "goal")])
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_field_of_a_state_survives_its_checkpoint(name: str, data: st.DataObject) -> None:
    state = State(
        source=data.draw(texts), prompt=data.draw(texts), **{name: data.draw(bounded(State.model_fields[name]))}
    )
    assert reloaded(state) == state
