"""Reads one file of a repository as text, or says why not. Odd bytes never raise: they are replaced."""

import codecs
import os
import stat
from dataclasses import dataclass
from pathlib import Path

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT_BYTES = 8192
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
# A pipe that took the file's place after it was looked at must not be waited for.
_OPENED = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


@dataclass(frozen=True)
class Unreadable:
    """Why a file is not read, as a clause: "it is binary"."""

    why: str


class LfsPointer(Unreadable):
    """The file is a pointer of Git LFS: its content is somewhere else."""


def read_text(file: Path, max_bytes: int) -> str | Unreadable:
    """The file's text with `\\n` line ends, or why it can't be had."""
    try:
        raw = _raw(file, max_bytes + 1)
    except OSError as error:
        return Unreadable(f"it can't be read ({error.strerror})")
    if raw is None:
        return Unreadable("it is no ordinary file")
    if raw.startswith(_LFS_POINTER):
        return LfsPointer("it is a pointer of Git LFS")
    if len(raw) > max_bytes:
        return Unreadable(f"it is larger than {max_bytes // 1024} KiB")
    return decode(raw)


def _raw(file: Path, most: int) -> bytes | None:
    """The first bytes of a regular file, None for anything else."""
    with open(os.open(file, _OPENED), "rb", buffering=0) as stream:  # noqa: PTH123  # pathlib opens without flags
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return None
        return stream.read(most)


def decode(raw: bytes) -> str | Unreadable:
    """Text by its byte order mark, else as UTF-8 with the rest replaced; a NUL among the first bytes means binary."""
    encoding = next((name for mark, name in _BOMS if raw.startswith(mark)), None)
    if encoding is None and b"\0" in raw[:_LOOKED_AT_BYTES]:
        return Unreadable("it is binary")
    text = raw.decode(encoding or "utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def printable_path(path: str) -> str:
    """The path as evidence may carry it: undecodable bytes and control characters are replaced."""
    if path.isascii() and path.isprintable():
        return path
    text = os.fsencode(path).decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() or letter == " " else "\N{REPLACEMENT CHARACTER}" for letter in text)
