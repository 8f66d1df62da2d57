"""The blocks around routes: in languages whose blocks end with `end`, and in those that write braces."""

import re
from collections.abc import Callable, Iterator, Mapping

from muster.nomad.domain.extractors.code.routes import joined_path
from muster.nomad.domain.extractors.code.text import CodeText

_END = re.compile(r"\s{0,200}+end\b")
_BRACE = re.compile(r"[{}]|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'")
_MOST_LINES = 20_000
_DEEPEST = 40


def nested_lines(
    text: CodeText, opens: "re.Pattern[str]", prefix_of: Callable[[str], str]
) -> Iterator[tuple[int, str, str]]:
    """Each line with code: its offset, the line, and the joined prefixes of the blocks that it lies in.

    `opens` finds a line that begins a block; `prefix_of` gives the path that a block's line adds, "" for none.
    """
    blocks: list[str] = []
    offset = 0
    for line in text.code.split("\n", _MOST_LINES)[:_MOST_LINES]:
        if line and not line.isspace():
            if _END.match(line):
                del blocks[-1:]
            yield offset, line, joined_path(*blocks) if any(blocks) else ""
            if opens.search(line) and len(blocks) < _DEEPEST:
                blocks.append(prefix_of(line))
        offset += len(line) + 1


def braced(code: str, starts: Mapping[int, str]) -> list[tuple[int, int, str]]:
    """The extents of the blocks whose opening braces stand at these offsets, outer before inner, with their texts."""
    opened: list[int] = []
    found: list[tuple[int, int, str]] = []
    for brace in _BRACE.finditer(code) if starts else ():
        if brace[0] == "{":
            opened.append(brace.start())
        elif brace[0] == "}" and opened:
            start = opened.pop()
            if start in starts:
                found.append((start, brace.start(), starts[start]))
    return sorted(found)
