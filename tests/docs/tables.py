"""Tables of the documents, read from Markdown, and those that the code dictates."""

import re
from collections.abc import Iterable

from muster.nomad.domain.extractors.extractor import Extractor

Row = tuple[str, ...]

_CELL = re.compile(r"(?<!\\)\|")


def table(text: str, head: str) -> list[Row]:
    """The rows of the table whose first line is `head`, each a tuple of stripped cells."""
    lines = text[text.index(f"{head}\n") :].split("\n")[2:]
    rows = lines[: next(number for number, line in enumerate(lines) if not line.startswith("|"))]
    return [tuple(cell.strip() for cell in _CELL.split(row)[1:-1]) for row in rows]


def codes(cell: str) -> list[str]:
    """What a cell shows as code."""
    return re.findall(r"`([^`]+)`", cell)


def source_rows(extractors: Iterable[Extractor]) -> list[Row]:
    """What `docs/nomad.md` must say about the extractors."""
    return [
        (
            one.name,
            one.looks_for.replace("*", r"\*"),
            f"{one.max_files} files of {one.max_bytes // 1024} KiB",
        )
        for one in extractors
    ]
