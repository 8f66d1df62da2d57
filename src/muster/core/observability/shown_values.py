"""What of a value a span shows: JSON (a text as itself), redacted once, of bounded size, and never an exception.

Models lose their empty fields, long lists keep their beginning and say how much more there is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AnySet
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from itertools import islice
from typing import cast

from pydantic import BaseModel, JsonValue, SecretBytes, SecretStr

from muster.core.redaction import MASK, redact, redact_json

_REDACTED_AT_MOST = 2**18
"""Longer texts are left out: a text that is cut before it is redacted may show half of a secret."""
_DEPTH = 8
_MESSAGE = 1000


@dataclass(frozen=True)
class Bounds:
    """How much of a value is shown, in characters: of all, of each field of it, of each text; and how many items."""

    whole: int = 20_000
    field: int = 2_000
    text: int = 1_000
    items: int = 5


ORDINARY = Bounds()
STATES = Bounds(whole=8_000, field=400, text=400, items=3)
"""A step begins with all that is known of its run, which the spans before it have shown in full."""
PROMPTS = Bounds(whole=200_000, field=200_000, text=100_000, items=200)
"""Prompts and answers of models are what somebody wants to read, compare and learn from."""


def shown(value: object, bounds: Bounds = ORDINARY) -> str:
    """The value as a span shows it."""
    if isinstance(value, str):
        return _cut(_redacted(value), bounds.text)
    plain = _shortened(redact_json(_top(value, bounds)), bounds.text)
    return _cut(json.dumps(plain, ensure_ascii=False), bounds.whole)


def shown_field(name: str, value: object) -> str:
    """The value of something that has a name: one that names a secret hides it."""
    if isinstance(value, str):
        return _cut(str(redact_json(_scalar(value), name)), ORDINARY.text)
    return shown(value)


def shown_message(text: str) -> str:
    """A status message: one redacted text."""
    return _cut(_redacted(text), _MESSAGE)


def _top(value: object, bounds: Bounds) -> JsonValue:
    """Each field of the value itself has a share of its own, so that a long one does not hide the others."""
    parts = _parts(value)
    if parts is None:
        return _Plain(bounds, bounds.whole).of(value, 0)
    named = islice(parts, max(bounds.items, 50))
    return {name: _Plain(bounds, bounds.field).of(part, 1) for name, part in named}


class _Plain:
    """Turns a value into JSON until so many characters are spent."""

    def __init__(self, bounds: Bounds, left: int) -> None:
        self._items, self._text, self._left = bounds.items, bounds.text, left

    def of(self, value: object, depth: int) -> JsonValue:
        """The value, or a word in its place."""
        if self._left <= 0 or depth > _DEPTH:
            return "..."
        parts = _parts(value)
        if parts is not None:
            return self._object(parts, depth)
        if isinstance(value, Sequence | AnySet) and not isinstance(value, str | bytes | bytearray):
            return self._list(cast("Sequence[object]", value), depth)
        plain = _scalar(value)
        self._left -= min(len(str(plain)), self._text) + 4
        return plain

    def _object(self, parts: Iterator[tuple[str, object]], depth: int) -> JsonValue:
        shown: dict[str, JsonValue] = {}
        for name, part in parts:
            if self._left <= 0:
                return shown | {"...": "more"}
            self._left -= len(name) + 4
            shown[name] = self.of(part, depth + 1)
        return shown

    def _list(self, items: Sequence[object], depth: int) -> JsonValue:
        shown = [self.of(item, depth + 1) for item in islice(items, self._items)]
        more = len(items) - len(shown)
        return [*shown, f"... and {more} more"] if more else shown


def _parts(value: object) -> Iterator[tuple[str, object]] | None:
    """Names and values of whatever has names; None for anything else."""
    if isinstance(value, BaseModel):
        return ((name, part) for name in type(value).model_fields if not _empty(part := getattr(value, name)))
    if is_dataclass(value) and not isinstance(value, type):
        return ((one.name, part) for one in fields(value) if not _empty(part := getattr(value, one.name)))
    if isinstance(value, Mapping):
        return ((str(name), part) for name, part in cast("Mapping[object, object]", value).items())
    return None


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str | tuple | list | dict) and not value)


def _scalar(value: object) -> JsonValue:
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else str(value)
        case SecretStr() | SecretBytes():
            return MASK
        case Enum():
            return _scalar(value.value)
        case str():
            return value if len(value) <= _REDACTED_AT_MOST else _too_long(value)
        case bytes() | bytearray():
            return f"[{len(value)} bytes]"
        case _:
            return _word(value)


def _word(value: object) -> str:
    """Paths, times, decimals and ids say what they are; whatever else there is only what kind of thing it is."""
    if type(value).__module__.partition(".")[0] in ("pathlib", "datetime", "decimal", "uuid", "ipaddress"):
        return str(value)
    return f"<{type(value).__name__}>"


def _redacted(text: str) -> str:
    return redact(text) if len(text) <= _REDACTED_AT_MOST else _too_long(text)


def _too_long(text: str) -> str:
    return f"[a text of {len(text)} characters]"


def _shortened(value: JsonValue, most: int) -> JsonValue:
    match value:
        case str():
            return _cut(value, most)
        case list():
            return [_shortened(item, most) for item in value]
        case dict():
            return {_cut(name, 200): _shortened(item, most) for name, item in value.items()}
        case _:
            return value


def _cut(text: str, most: int) -> str:
    whole = text.encode("utf-8", "replace").decode()  # odd bytes of file names can't be sent
    return whole if len(whole) <= most else f"{whole[:most]}... ({len(whole) - most} more characters)"
