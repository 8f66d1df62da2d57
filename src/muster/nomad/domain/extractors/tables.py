"""JSON and TOML files, whatever is in them: their values as what they should be, and the lines where they stand."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import cast

from muster.nomad.domain.extractors.extractor import SourceFile

Table = Mapping[str, object]

_LARGEST = 10**9
_LONGEST_LINE = 5000
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\"' -]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([\w.\"'-]{1,200})\s*=")
_JSON_KEY = re.compile(r"\"([^\"\\\n]{1,200})\"\s{0,20}:")


def json_table(content: str) -> Table | str:
    """The object that a JSON text is, or what is wrong with it, as the end of a sentence about the file."""
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        return f"can't be parsed: {str(error)[:200]}"
    return cast("Table", data) if isinstance(data, dict) else "holds no object"


def toml_table(content: str) -> Table | str:
    """The table in a TOML text, or what is wrong with it, as a clause.

    A line over 5,000 characters is refused: a key of as many parts would be read in quadratic time.
    """
    if any(len(line) > _LONGEST_LINE for line in content.split("\n")):
        return f"it has a line of more than {_LONGEST_LINE} characters"
    try:
        return tomllib.loads(content.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        return str(error)[:200]


def inner_table(outer: Table, key: str) -> Table:
    """The table below a key; empty where there is none."""
    return table(outer.get(key))


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


def string(value: object) -> str | None:
    """The value if it is text."""
    return value if isinstance(value, str) else None


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


def json_lines(file: SourceFile) -> Mapping[str, int]:
    """The first line that each key of a JSON file stands on."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.lines, start=1):
        for key in _JSON_KEY.findall(line[:_LONGEST_LINE]):
            found.setdefault(key, number)
    return found


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
