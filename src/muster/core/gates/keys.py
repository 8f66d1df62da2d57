"""Reads single keys from a terminal: arrows by name, everything else as the character it is."""

import os
import select
import termios
import tty
from collections.abc import Generator
from contextlib import contextmanager

_ESCAPE = b"\x1b"
_ARROWS = {b"[A": "up", b"OA": "up", b"[B": "down", b"OB": "down"}
_NAMED = {b"\r": "enter", b"\n": "enter", b"k": "up", b"j": "down", b"q": "quit", b"\x04": "quit", b"": "quit"}
_TYPED = {
    b"\r": "enter",
    b"\n": "enter",
    b"\x7f": "erase",
    b"\x08": "erase",
    b"\x15": "clear",
    b"\x04": "quit",
    b"": "quit",
}
# The bytes of one escape sequence arrive together; a lone Escape has no followers.
_SEQUENCE_S = 0.05


@contextmanager
def single_keys(terminal: int) -> Generator[None]:
    """Keys arrive one by one and unseen while the block runs; Ctrl-C still interrupts."""
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def read_key(terminal: int) -> str:
    """Wait for one key: `up`, `down`, `enter`, `quit` (also at the end of input), or the character."""
    first = os.read(terminal, 1)
    if first == _ESCAPE:
        followers = os.read(terminal, 2) if select.select([terminal], [], [], _SEQUENCE_S)[0] else b""
        return _ARROWS.get(followers, "")
    return _NAMED.get(first) or first.decode(errors="replace")


def read_letter(terminal: int) -> str:
    """Wait for one key of a text: `enter`, `erase`, `clear` (the whole line), `quit` (Ctrl-D), or the character.

    Empty for an escape sequence, such as an arrow.
    """
    first = os.read(terminal, 1)
    if first == _ESCAPE:
        if select.select([terminal], [], [], _SEQUENCE_S)[0]:
            os.read(terminal, 16)
        return ""
    return _TYPED.get(first) or (first + os.read(terminal, _followers(first))).decode(errors="replace")


def _followers(first: bytes) -> int:
    """How many bytes of the same character follow in UTF-8."""
    return sum(first[0] >= least for least in (0xC0, 0xE0, 0xF0))
