"""A line of a data file becomes a record, or a reason why it can't be read. Any bytes are taken."""

import json
from dataclasses import dataclass

from pydantic import JsonValue

from muster.aegis.domain.diagnosis import FailureKind

MAX_ROW_BYTES = 16 * 1024 * 1024
"""Of one row; a longer one is dropped, so that no file can fill the memory with a single line."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row as the file has it. `line` counts from 1: of the line, or of the item in a JSON list."""

    line: int
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is none. `reason` is one of a few texts, so that it can be counted; `detail` says more of this one."""

    line: int
    kind: FailureKind
    reason: str
    detail: str = ""


Entry = Record | Unreadable

NOT_UTF8 = "not UTF-8"
BAD_JSON = "not JSON"
TOO_LONG = f"longer than {MAX_ROW_BYTES // (1024 * 1024)} MiB"
BREAKS_OFF = "the file can't be read from here on"
LONE_SURROGATE = "half of a surrogate pair, which UTF-8 can't write"


def parse_line(raw: bytes, line: int) -> Entry | None:
    """A line of JSONL; None where it is blank."""
    if len(raw) > MAX_ROW_BYTES:
        return Unreadable(line, "dataset_row", TOO_LONG)
    try:
        text = raw.decode("utf-8").strip()
    except UnicodeDecodeError as problem:
        byte = raw[problem.start]
        return Unreadable(line, "dataset_encoding", NOT_UTF8, f"byte 0x{byte:02x} at offset {problem.start}")
    return parse_text(text, line) if text else None


def parse_text(text: str, line: int) -> Entry:
    """A JSON value as a row."""
    try:
        value: JsonValue = json.loads(text, parse_constant=refuse_constant)
    except RecursionError:
        return Unreadable(line, "dataset_row", BAD_JSON, "nested too deeply")
    except ValueError as problem:
        return Unreadable(line, "dataset_row", BAD_JSON, _short(problem))
    return checked(Record(line, value)) if "\\u" in text else Record(line, value)


def checked(record: Record) -> Entry:
    """The record, unless its text can't be written as UTF-8: it came from other bytes, or from half a pair."""
    try:
        json.dumps(record.value, ensure_ascii=False).encode()
    except UnicodeEncodeError as problem:
        foreign = 0xDC80 <= ord(problem.object[problem.start]) <= 0xDCFF  # how Python carries a byte that is no UTF-8
        return Unreadable(record.line, "dataset_encoding", NOT_UTF8 if foreign else LONE_SURROGATE)
    except RecursionError:
        return Unreadable(record.line, "dataset_row", BAD_JSON, "nested too deeply")
    return record


def refuse_constant(name: str) -> JsonValue:
    """NaN and Infinity, which Python's reader takes. Raises ValueError."""
    raise ValueError(f"{name} is no JSON")


def _short(problem: ValueError) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"{problem.msg} at column {problem.colno}"
    return str(problem)[:80]
