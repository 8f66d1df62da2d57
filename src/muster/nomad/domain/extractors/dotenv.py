"""Files of environment variables: `NAME=value`, quoted or not, with comments, as Docker and dotenv read them."""

import re
from dataclasses import dataclass

_ASSIGNMENT = re.compile(
    r"\s*(?P<off>#+\s*)?(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*(?:(?P<sign>=)|:\s)(?P<rest>.*)"
)
_COMMENT = re.compile(r"\s+#.*$")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_MOST_LINES = 5_000
_MOST_VARIABLES = 1_000
_MOST_QUOTED_LINES = 200


@dataclass(frozen=True)
class Assignment:
    """One variable. `commented`: it stands behind a `#`; `literal`: in single quotes, so that `$` is a dollar."""

    name: str
    value: str
    line: int
    commented: bool = False
    literal: bool = False


def parse_dotenv(text: str) -> tuple[Assignment, ...]:
    """The variables in order, at most a thousand. Lines that assign nothing are passed over; a name behind `#` counts
    as commented only if it is in capitals with a `=`, since prose may hold `=`, and `TODO: ...`."""
    lines = text.replace("\r\n", "\n").split("\n")[:_MOST_LINES]
    found: list[Assignment] = []
    number = 0
    while number < len(lines) and len(found) < _MOST_VARIABLES:
        assignment, taken = _read(lines, number)
        if assignment is not None:
            found.append(assignment)
        number += taken
    return tuple(found)


def _read(lines: list[str], number: int) -> tuple[Assignment | None, int]:
    """The assignment that begins in this line, and how many lines it takes."""
    match = _ASSIGNMENT.match(lines[number])
    if match is None or (match["off"] and not (match["name"].isupper() and match["sign"])):
        return None, 1
    rest = match["rest"].strip()
    commented = bool(match["off"])
    quote = rest[:1]
    if quote not in ("'", '"'):
        value = "" if rest.startswith("#") else _COMMENT.sub("", rest).strip()
        if commented and any(letter.isspace() for letter in value):
            value = ""  # words that explain it
        return Assignment(match["name"], value, number + 1, commented), 1
    value, taken = _quoted(rest[1:], quote, lines, number)
    return Assignment(match["name"], value, number + 1, commented, quote == "'"), taken


def _quoted(first: str, quote: str, lines: list[str], number: int) -> tuple[str, int]:
    """A quoted value, which may go on over several lines; one that never ends is its first line."""
    text = first
    for taken in range(1, min(_MOST_QUOTED_LINES, len(lines) - number) + 1):
        end = _end_of(text, quote)
        if end is not None:
            return _unescaped(text[:end]) if quote == '"' else text[:end], taken
        if number + taken < len(lines):
            text = f"{text}\n{lines[number + taken]}"
    return first, 1


def _end_of(text: str, quote: str) -> int | None:
    pattern = r'(?:[^"\\]|\\.)*' if quote == '"' else r"[^']*"
    found = re.match(pattern, text, re.DOTALL)
    return found.end() if found and text[found.end() : found.end() + 1] == quote else None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)
