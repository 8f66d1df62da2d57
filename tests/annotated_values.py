"""Values that follow annotations, for hypothesis: a new field or a new kind of fact is covered by itself."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

WIDE = 2**63
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-WIDE, WIDE - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(-WIDE, WIDE - 1),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    NoneType: st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    JsonValue: JSON,
}


class Annotations:
    """Strategies by annotation; `own` are those of models whose validators no annotation tells."""

    def __init__(self, own: Mapping[Any, st.SearchStrategy[Any]]) -> None:
        self._known = {**PLAIN, **own}

    def values(self, annotation: Any) -> st.SearchStrategy[Any]:
        """Any value that the annotation allows."""
        if annotation in self._known:
            return self._known[annotation]
        arguments = get_args(annotation)
        match get_origin(annotation):
            case None:
                return self._model(annotation)
            case origin if origin is Literal:
                return st.sampled_from(arguments)
            case origin if origin is Annotated:
                return self.values(arguments[0])
            case origin if origin in (Union, UnionType):
                return st.one_of([self.values(one) for one in arguments])
            case origin if origin is dict:
                return st.dictionaries(self.values(arguments[0]), self.values(arguments[1]), max_size=2)
            case origin if origin is tuple and arguments[1:] != (...,):
                return st.tuples(*map(self.values, arguments))
            case origin:
                return st.lists(self.values(arguments[0]), max_size=2).map(origin)

    def of_field(self, field: FieldInfo) -> st.SearchStrategy[Any]:
        """Within the field's bounds; a text with a pattern is the plainest one."""
        if any(getattr(one, "pattern", None) for one in field.metadata):
            return st.just("a")
        least = [one.ge if isinstance(one, Ge) else one.gt for one in field.metadata if isinstance(one, Ge | Gt)]
        most = [one.le if isinstance(one, Le) else one.lt for one in field.metadata if isinstance(one, Le | Lt)]
        if not least:
            return self.values(field.annotation)
        nothing = st.none() if NoneType in get_args(field.annotation) else st.nothing()
        return nothing | _numbers(field.annotation, least[0], most[0] if most else 10**6)

    def _model(self, kind: type[BaseModel]) -> st.SearchStrategy[Any]:
        """Any instance, every field drawn."""
        if kind not in self._known:
            fields = {name: self.of_field(field) for name, field in kind.model_fields.items()}
            self._known[kind] = st.builds(kind, **fields)
        return self._known[kind]


def _numbers(annotation: Any, least: Any, most: Any) -> st.SearchStrategy[Any]:
    if annotation in (float, float | None):
        return st.floats(float(least) + 0.001, float(most))
    return st.integers(int(least) + 1, int(most))
