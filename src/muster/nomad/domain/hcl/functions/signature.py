"""What a function of HCL takes, and how it fails."""

from collections.abc import Callable
from typing import NamedTuple

from muster.nomad.domain.hcl.values import ANY, BOOL, LIST_OF_STRING, MAP_OF_STRING, NUMBER, STRING, Type, Value


class FunctionError(Exception):
    """A function can't give a result for these arguments; the text says why."""


class Parameter(NamedTuple):
    """A named argument; HashiCorp's parser names it when it does not fit."""

    name: str
    type: Type
    nullable: bool = False


class Function(NamedTuple):
    """A function, its parameters, and the parameter that takes all further arguments."""

    call: Callable[..., Value]
    parameters: tuple[Parameter, ...] = ()
    rest: Parameter | None = None


_TYPES = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": ANY,
    "list": Type("list", ANY),
    "strings": LIST_OF_STRING,
    "map": Type("map", ANY),
    "string map": MAP_OF_STRING,
}


def function(call: Callable[..., Value], *parameters: str, rest: str | None = None) -> Function:
    """A function whose parameters are written `name: type`; `?` after the type takes null too."""
    return Function(call, tuple(_parameter(text) for text in parameters), _parameter(rest) if rest else None)


def _parameter(text: str) -> Parameter:
    name, _, kind = text.partition(": ")
    return Parameter(name, _TYPES[kind.removesuffix("?")], nullable=kind.endswith("?"))
