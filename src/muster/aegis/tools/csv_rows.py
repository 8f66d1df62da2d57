"""Rows of CSV: the first line names the columns."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from muster.aegis.domain.data.records import TOO_LONG, Entry, Record, Unreadable, checked

Line = tuple[int, bytes | None]
"""Its number, and its bytes; None where it was too long to be held."""

_DELIMITERS = ",;\t|"
_UNEVEN = "not as many fields as the first line has columns"
_NO_CSV = "not CSV"


def csv_rows(lines: Iterator[Line], *, tabs: bool = False) -> Iterator[Entry]:
    """A record for every row after the first. Text that is no UTF-8, rows of other lengths and fields of more than
    128 KiB (the limit of Python's reader) are Unreadable."""
    first = next(lines, None)
    if first is None:
        return
    if first[1] is None:
        yield Unreadable(1, "dataset_row", TOO_LONG)
        return
    header = first[1].decode("utf-8", "surrogateescape")
    delimiter = "\t" if tabs else max(_DELIMITERS, key=header.count)
    feed = _Feed(header, lines)
    reader = csv.reader(feed, delimiter=delimiter)
    try:
        columns = next(reader, None) or list[str]()
    except csv.Error as problem:
        yield Unreadable(1, "dataset_row", _NO_CSV, str(problem)[:80])
        return
    yield from _rows(reader, feed, columns)


@dataclass
class _Feed:
    """Lines as text. A line that was too long is an empty one: its row has too few fields."""

    header: str | None
    lines: Iterator[Line]
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.header is not None:
            text, self.header, self.number = self.header, None, 1
            return text
        self.number, raw = next(self.lines)
        return "\0\n" if raw is None else raw.decode("utf-8", "surrogateescape")


def _rows(reader: Iterator[list[str]], feed: _Feed, columns: list[str]) -> Iterator[Entry]:
    while True:
        start = feed.number + 1
        try:
            fields = next(reader, None)
        except csv.Error as problem:
            yield Unreadable(start, "dataset_row", _NO_CSV, str(problem)[:80])
            continue
        if fields is None:
            return
        if fields:
            yield _row(fields, columns, start)


def _row(fields: list[str], columns: list[str], line: int) -> Entry:
    if len(fields) != len(columns):
        return Unreadable(line, "dataset_row", _UNEVEN, f"{len(fields)} instead of {len(columns)}")
    value: dict[str, JsonValue] = dict(zip(columns, fields, strict=True))
    return checked(Record(line, value))
