"""The functions of templates that give their value without asking anybody, and values that nobody knows."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

OPAQUE_TEXT = "(rendered)"
NO_VALUE = "<no value>"


class Opaque:
    """A value that is there, and that nobody knows."""

    def __str__(self) -> str:
        return OPAQUE_TEXT


OPAQUE = Opaque()


def shown(value: object) -> str:
    """A value as a template prints it."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def truth(value: object) -> bool:
    """Whether `if` and `with` take a value for true: an empty one is not."""
    return isinstance(value, Opaque) or bool(value)


def field(value: object, name: str) -> object:
    """A field of a value; None where there is none."""
    if isinstance(value, Opaque):
        return value
    return cast("Mapping[str, object]", value).get(name) if isinstance(value, Mapping) else None


def entries(value: object) -> list[tuple[object, object]]:
    """What `range` goes over: keys, or positions, with values."""
    if isinstance(value, Opaque):
        return [(value, value)]
    if isinstance(value, Mapping):
        return sorted(cast("Mapping[str, object]", value).items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(enumerate(cast("Sequence[object]", value)))
    return []


def _index(value: object, *keys: object) -> object:
    for key in keys:
        if isinstance(value, Sequence) and not isinstance(value, str):
            row = cast("Sequence[object]", value)
            value = row[key] if isinstance(key, int) and key < len(row) else None
        else:
            value = field(value, str(key))
    return value


def _json(value: object) -> str:
    return json.dumps(OPAQUE_TEXT if isinstance(value, Opaque) else value, separators=(",", ":"), sort_keys=True)


def _and(*values: object) -> object:
    return next((value for value in values if not truth(value)), values[-1])


def _or(*values: object) -> object:
    return next((value for value in values if truth(value)), values[-1])


def _equal(first: object, *others: object) -> bool:
    return first in others


def _print(*values: object) -> str:
    return "".join(shown(value) for value in values)


def _replace_all(old: object, new: object, text: object) -> str:
    return shown(text).replace(str(old), str(new))


_OF_ONE: dict[str, Callable[[Any], object]] = {
    "base64Decode": lambda text: base64.b64decode(shown(text)).decode(errors="replace"),
    "base64Encode": lambda text: base64.b64encode(shown(text).encode()).decode(),
    "len": lambda value: len(value) if hasattr(value, "__len__") else 0,
    "not": lambda value: not truth(value),
    "parseBool": lambda text: shown(text).lower() in ("1", "t", "true"),
    "parseInt": lambda text: int(shown(text)),
    "parseJSON": lambda text: OPAQUE if isinstance(text, Opaque) else json.loads(shown(text)),
    "toJSON": _json,
    "toLower": lambda text: shown(text).lower(),
    "toTitle": lambda text: shown(text).title(),
    "toUpper": lambda text: shown(text).upper(),
    "trimSpace": lambda text: shown(text).strip(),
}
_OF_TWO: dict[str, Callable[[Any, Any], object]] = {
    "join": lambda separator, parts: str(separator).join(shown(part) for _, part in entries(parts)),
    "ne": lambda first, other: first != other,
    "split": lambda separator, text: shown(text).split(str(separator)),
}
PLAIN: dict[str, Callable[..., object]] = {
    **_OF_ONE,
    **_OF_TWO,
    "and": _and,
    "eq": _equal,
    "index": _index,
    "or": _or,
    "print": _print,
    "replaceAll": _replace_all,
}
