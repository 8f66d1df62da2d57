"""Values of JSON and TOML files that may be anything, read as what they should be, and the lines where they stand."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

Table = Mapping[str, object]

_LARGEST = 10**9
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\"' -]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([\w.\"'-]{1,200})\s*=")


def table(value: object) -> Table:
    """The value if it is a table, else an empty one."""
    return cast("Table", value) if isinstance(value, dict) else {}


def tables(value: object) -> tuple[Table, ...]:
    """The tables of a list; a single table is a list of one."""
    found = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple(cast("Table", one) for one in found if isinstance(one, dict))


def text(value: object) -> str | None:
    """The value as text: numbers and booleans as they are written; None for what is no single value, or empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def items(value: object) -> tuple[object, ...]:
    """The items of a list."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else ()


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(one for one in items(value) if isinstance(one, str))


def whole(value: object) -> int | None:
    """The value if it is a number without fraction that could count anything, also as text."""
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) > _LARGEST):
        return None
    digits = value if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else None
    return value if isinstance(value, int) else int(digits) if digits else None


def port(value: object) -> int | None:
    """The value if it is a port."""
    number = whole(value)
    return number if number is not None and 0 < number < 65536 else None


def toml_lines(content: str) -> dict[str, int]:
    """Where tables and keys stand: `http_service.internal_port`, `services[1]`; the first of several counts."""
    found: dict[str, int] = {}
    for name, line in _toml_keys(content):
        found.setdefault(name, line)
    return found


def _toml_keys(content: str) -> Iterator[tuple[str, int]]:
    prefix, counts = "", dict[str, int]()
    for number, line in enumerate(content.split("\n"), start=1):
        header = _HEADER.fullmatch(line[:500])
        key = None if header else _KEY.match(line)
        if header:
            name = header[2].replace('"', "").replace("'", "")
            index = counts[name] = counts.get(name, -1) + 1
            prefix = f"{name}[{index}]." if header[1] == "[[" else f"{name}."
            yield name, number
            yield prefix.rstrip("."), number
        elif key:
            yield prefix + key[1].strip("\"'"), number
