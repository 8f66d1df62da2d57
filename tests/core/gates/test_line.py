import os

import pytest

from muster.core.gates.keys import read_letter
from muster.core.gates.line import Line, type_key


def typed(text: str, *keys: str) -> Line:
    line = Line(text)
    for key in keys:
        line = type_key(line, key)
    return line


def test_letters_are_put_behind_the_present_text() -> None:
    assert typed("secret/a", "/", "ü") == Line("secret/a/ü")


def test_keys_erase_a_letter_clear_the_line_and_take_it() -> None:
    assert typed("ab", "erase") == Line("a")
    assert typed("ab", "clear") == Line("")
    assert typed("ab", "enter") == Line("ab", done=True)


@pytest.mark.parametrize("key", ["", "quit", "\x07"])
def test_what_is_no_letter_changes_nothing(key: str) -> None:
    assert typed("ab", key) == Line("ab")


def letters(data: bytes) -> list[str]:
    readable, writable = os.pipe()
    os.write(writable, data)
    os.close(writable)
    found: list[str] = []
    while not found or found[-1] != "quit":
        found.append(read_letter(readable))
    os.close(readable)
    return found


def test_letters_are_read_as_they_are_also_those_that_steer_a_menu() -> None:
    assert letters("kqü日🙂".encode()) == ["k", "q", "ü", "日", "🙂", "quit"]


def test_keys_have_names() -> None:
    assert letters(b"\r\x7f\x15\x04") == ["enter", "erase", "clear", "quit"]


def test_an_arrow_is_no_letter() -> None:
    assert letters(b"\x1b[A")[0] == ""
