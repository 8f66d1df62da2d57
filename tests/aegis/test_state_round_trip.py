"""Whatever a run may know comes back from its checkpoint as it was: SQLite, strict msgpack, any text.

The strategies follow the annotations of State, so that a new field or a new kind of fact is covered by itself.
"""

from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le, Lt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from muster.aegis.domain.evaluation.measured import Measured
from muster.aegis.domain.spec import Budget
from muster.aegis.state import State
from muster.core.testing.reloading import reloaded

WIDE = 2**63
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-WIDE, WIDE - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(-WIDE, WIDE - 1),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    NoneType: st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    JsonValue: JSON,
    Budget: st.floats(0, 100).map(lambda most: Budget(soft_usd=most / 2, max_usd=most)),
    Measured: st.builds(Measured, losses=st.just((1.5, None)), exact=st.lists(st.booleans(), max_size=2).map(tuple)),
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
    """Within the field's bounds; a text with a pattern is the plainest one."""
    if any(getattr(one, "pattern", None) for one in field.metadata):
        return st.just("a")
    least = next(
        (one.ge if isinstance(one, Ge) else one.gt for one in field.metadata if isinstance(one, Ge | Gt)), None
    )
    most = next((one.le if isinstance(one, Le) else one.lt for one in field.metadata if isinstance(one, Le | Lt)), None)
    if least is None:
        return values(field.annotation)
    if field.annotation in (float, float | None):
        return st.floats(float(least) + 0.001, float(most if most is not None else 1e6))
    return st.integers(int(least) + 1, int(most if most is not None else 10**6))


@pytest.mark.parametrize("name", list(State.model_fields))
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_field_of_a_state_survives_its_checkpoint(name: str, data: st.DataObject) -> None:
    state = State(**{name: data.draw(bounded(State.model_fields[name]))})
    assert reloaded(state) == state
