"""Reads files of rows: JSONL, a JSON list, CSV, plain text, and Parquet where pyarrow is installed. Row by row: a file
may be larger than the memory."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Literal

from muster.aegis.domain.data.json_list import list_items
from muster.aegis.domain.data.records import MAX_ROW_BYTES, NOT_UTF8, TOO_LONG, Entry, Record, Unreadable, parse_line
from muster.aegis.domain.preflight.problem import Problem, error, warning
from muster.aegis.tools.csv_rows import Line, csv_rows
from muster.aegis.tools.parquet_rows import parquet_rows

Shape = Literal["jsonl", "list", "csv", "text", "parquet"]

_CHUNK = 1 << 20
_UTF16 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class DataFile:
    """A file that can be read as often as needed. `notes` is what is odd about it as a whole."""

    path: Path
    shape: Shape
    skipped: int = 0
    """Bytes of a byte order mark."""
    notes: tuple[Problem, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Its rows, from the first. Raises OSError where the disk fails."""
        if self.shape == "parquet":
            yield from parquet_rows(self.path)
            return
        with self.path.open("rb") as file:
            file.seek(self.skipped)
            yield from self._read(file)

    def _read(self, file: BinaryIO) -> Iterator[Entry]:
        match self.shape:
            case "list":
                return list_items(_pieces(file))
            case "csv":
                return csv_rows(_lines(file), tabs=self.path.suffix.lower() == ".tsv")
            case "text":
                return (entry for entry in map(_text_row, _lines(file)) if entry)
            case _:
                return (entry for entry in map(_json_row, _lines(file)) if entry)


def open_data(path: Path) -> DataFile | Problem:
    """The file, or why it can't be read at all."""
    shown = str(path)
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            return error("dataset_missing", f"{shown} {what}", where=shown, advice="name a file of rows by data.path")
        with path.open("rb") as file:
            start = file.read(_CHUNK)
    except PermissionError:
        return error("permission", f"{shown} may not be read", where=shown, advice="correct its owner or mode")
    except (OSError, ValueError) as problem:  # ValueError: a path with a zero byte
        return error("dataset_missing", f"{shown!r} can't be read: {problem}", where=repr(shown))
    return _foreign(shown, start) or _recognised(path, start)


def _foreign(shown: str, start: bytes) -> Problem | None:
    """What no reader of rows takes: other encodings, packed files."""
    if start.startswith(_UTF16):
        text = f"{shown} is UTF-16 or UTF-32 by its first bytes"
        advice = f"iconv -f utf-16 -t utf-8 {shown}"
        return error("dataset_encoding", text, where=f"{shown}:1", advice=advice)
    packed = next((name for magic, name in _PACKED.items() if start.startswith(magic)), None)
    if packed:
        return error("dataset_encoding", f"{shown} is packed by {packed}", where=shown, advice="unpack it first")
    if start.startswith(_PARQUET) and find_spec("pyarrow") is None:
        text = f"{shown} is Parquet, and pyarrow is not installed"
        return error("env_missing_package", text, where=shown, advice="pip install pyarrow, or export it as JSONL")
    return None


def _recognised(path: Path, start: bytes) -> DataFile:
    if start.startswith(_PARQUET):
        return DataFile(path, "parquet")
    marked = start.startswith(codecs.BOM_UTF8)
    skipped = len(codecs.BOM_UTF8) if marked else 0
    note = warning(
        "dataset_encoding",
        f"{path} begins with a byte order mark, which is skipped",
        where=f"{path}:1",
        advice="save it as UTF-8 without a mark: other readers stumble over it",
    )
    return DataFile(path, _shape(path, start[skipped:]), skipped, (note,) if marked else ())


def _shape(path: Path, start: bytes) -> Shape:
    match path.suffix.lower():
        case ".csv" | ".tsv":
            return "csv"
        case ".txt" | ".text" | ".md":
            return "text"
        case _:
            return "list" if start.lstrip().startswith(b"[") else "jsonl"


def _lines(file: BinaryIO) -> Iterator[Line]:
    number = 0
    while raw := file.readline(MAX_ROW_BYTES + 1):
        number += 1
        if len(raw) <= MAX_ROW_BYTES:
            yield number, raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(_CHUNK)
        yield number, None


def _json_row(line: Line) -> Entry | None:
    number, raw = line
    return parse_line(raw, number) if raw is not None else Unreadable(number, "dataset_row", TOO_LONG)


def _text_row(line: Line) -> Entry | None:
    """A line of plain text as a row."""
    number, raw = line
    if raw is None:
        return Unreadable(number, "dataset_row", TOO_LONG)
    try:
        text = raw.decode().strip()
    except UnicodeDecodeError as problem:
        detail = f"byte 0x{raw[problem.start]:02x} at offset {problem.start}"
        return Unreadable(number, "dataset_encoding", NOT_UTF8, detail)
    return Record(number, {"text": text}) if text else None


def _pieces(file: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    while chunk := file.read(_CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)
