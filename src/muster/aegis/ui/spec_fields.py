"""The values of a training spec as fields of a form: kind, bounds and choices, read off the spec's own types. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from muster.aegis.domain.spec import TrainingSpec
from muster.core.gates.questions import AnswerValue

Kind = Literal["choice", "flag", "whole", "number", "text"]

_KINDS: dict[type, Kind] = {bool: "flag", int: "whole", float: "number", str: "text"}

FIRST = (
    "model.path", "data.path", "method", "objective", "lora.rank", "optimization.epochs", "optimization.max_steps",
    "optimization.learning_rate", "optimization.micro_batch", "optimization.accumulation", "shape.seq_len",
    "shape.packing", "target.gpu", "budget.soft_usd", "budget.max_usd",
)  # fmt: skip
"""What a person looks at first."""


@dataclass(frozen=True)
class SpecField:
    """One value, by its dotted path. `low` and `high` belong to the allowed values, unless the bound is open."""

    path: str
    kind: Kind
    value: AnswerValue
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    optional: bool = False


def spec_fields(spec: TrainingSpec) -> tuple[SpecField, ...]:
    """Every value that one widget can hold, those of FIRST first; lists and tables are changed by words."""
    found = {one.path: one for one in _fields(TrainingSpec, spec.model_dump(mode="json"), "")}
    rest = [path for path in found if path not in FIRST]
    return tuple(found[path] for path in (*FIRST, *rest))


def changed(fields: Mapping[str, SpecField], given: Mapping[str, AnswerValue]) -> dict[str, AnswerValue]:
    """What a person changed; an optional text that is empty is no value."""
    values = {path: None if value == "" and fields[path].optional else value for path, value in given.items()}
    return {path: value for path, value in values.items() if value != fields[path].value}


def _fields(model: type[BaseModel], document: Mapping[str, JsonValue], path: str) -> Iterator[SpecField]:
    for name, info in model.model_fields.items():
        value, kind, optional = document[name], *_without_none(info.annotation)
        if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _fields(kind, value, f"{path}{name}.")
        elif get_origin(kind) is Literal:
            yield SpecField(f"{path}{name}", "choice", _scalar(value), choices=get_args(kind))
        elif kind in _KINDS:
            low, high = _bounds(info)
            yield SpecField(f"{path}{name}", _KINDS[kind], _scalar(value), low=low, high=high, optional=optional)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """The type behind `X | None`, and whether there was a None."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    kinds = [one for one in get_args(annotation) if one is not type(None)]
    return (kinds[0] if len(kinds) == 1 else None), True


def _bounds(info: FieldInfo) -> tuple[float | None, float | None]:
    low = high = None
    for bound in info.metadata:
        match bound:
            case Ge(ge=value) | Gt(gt=value):
                low = float(str(value))
            case Le(le=value) | Lt(lt=value):
                high = float(str(value))
            case _:
                pass
    return low, high


def _scalar(value: JsonValue) -> AnswerValue:
    assert not isinstance(value, dict | list)
    return value
