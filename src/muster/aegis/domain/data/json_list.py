"""Reads a JSON list item by item from pieces of text, without ever holding the whole of it."""

import json
from collections.abc import Iterator

from muster.aegis.domain.data.records import (
    BAD_JSON,
    BREAKS_OFF,
    MAX_ROW_BYTES,
    Entry,
    Record,
    Unreadable,
    checked,
)

_BETWEEN = " \t\r\n,"


def list_items(pieces: Iterator[str]) -> Iterator[Entry]:
    """The items of the list. A list that is broken ends with an Unreadable: nobody knows where its next item begins."""
    window = _Window(pieces)
    if window.at_next(_BETWEEN[:-1]) != "[":
        yield Unreadable(1, "dataset_row", BREAKS_OFF, "no list begins here")
        return
    window.place += 1
    number = 0
    while (sign := window.at_next(_BETWEEN)) not in ("", "]"):
        number += 1
        entry = window.item(number)
        yield entry
        if isinstance(entry, Unreadable) and entry.reason == BREAKS_OFF:
            return
    if not sign:
        yield Unreadable(number + 1, "dataset_row", BREAKS_OFF, "its end is missing")


class _Window:
    """The text from the item that is read now to the last piece that was needed."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces, self._text, self.place, self._ended = pieces, "", 0, False
        self._constants: list[str] = []
        self._decoder = json.JSONDecoder(parse_constant=self._constants.append)
        """NaN and Infinity, which Python's reader takes and JSON has not: they spoil their own item alone."""

    def at_next(self, skipped: str) -> str:
        """The first sign that is none of the skipped ones; empty at the end."""
        while True:
            rest = self._text[self.place :].lstrip(skipped)
            if rest:
                self.place = len(self._text) - len(rest)
                return rest[0]
            self._text, self.place = "", 0
            if not self._more():
                return ""

    def item(self, number: int) -> Entry:
        """The value that begins here."""
        while True:
            self._constants.clear()
            try:
                value, end = self._decoder.raw_decode(self._text, self.place)
            except RecursionError:
                return Unreadable(number, "dataset_row", BREAKS_OFF, "nested too deeply")
            except ValueError as problem:
                if not self._may_go_on():
                    return Unreadable(number, "dataset_row", BREAKS_OFF, str(problem)[:80])
                continue
            if end < len(self._text) or not self._may_go_on():  # `12` at the very end may be the half of 1234
                self._text, self.place = self._text[end:], 0
                if self._constants:
                    return Unreadable(number, "dataset_row", BAD_JSON, f"{self._constants[0]} is no JSON")
                return checked(Record(number, value))

    def _may_go_on(self) -> bool:
        return len(self._text) - self.place <= MAX_ROW_BYTES and self._more(len(self._text))

    def _more(self, at_least: int = 1) -> bool:
        """As much again as there is, so that a long item is not tried for every piece."""
        pieces, size = [self._text[self.place :]], 0
        self.place = 0
        while size < at_least and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            pieces.append(piece or "")
            size += len(piece or "")
        self._text = "".join(pieces)
        return size > 0
