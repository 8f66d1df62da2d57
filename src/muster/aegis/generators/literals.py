"""A value as Python source. What a spec holds gets into a script by this and nothing else: as data."""

import json

from pydantic import JsonValue


def literal(value: JsonValue | tuple[JsonValue, ...]) -> str:
    """Source that evaluates to the value (a tuple to a list), in ASCII: JSON, with Python's words for its three names.

    Signs beyond ASCII are escaped, so that none can turn the direction of a line that somebody reads.
    """
    match value:
        case None | bool():
            return repr(value)
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {literal(held)}" for key, held in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(literal(held) for held in value) + "]"
        case str():
            quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")
            return quoted.encode("ascii", "backslashreplace").decode()
        case _:
            return json.dumps(value, allow_nan=False)
