import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from rich.console import Console

from muster.core.errors import QuitError
from muster.core.gates.draft import Draft
from muster.core.gates.keys import read_key, single_keys
from muster.core.gates.questions import Choice, ChoiceQuestion, Form
from muster.core.gates.terminal import TerminalFront

MODE = ChoiceQuestion(id="mode", text="Mode?", choices=[Choice(value=value) for value in ("host", "bridge", "none")])


@dataclass
class Person:
    """Sits at the other end of a terminal: types one key each time the hint appears."""

    terminal: int
    keys: list[bytes]
    seen: bytes = b""

    def sit(self) -> None:
        while self.keys:
            self.seen += os.read(self.terminal, 4096)
            if b"q quits)" in self.seen:
                self.seen = b""
                os.write(self.terminal, self.keys.pop(0))
        # Whatever is still written must not block the writer.
        while os.read(self.terminal, 4096):
            pass


@contextmanager
def terminal(*keys: bytes) -> Generator[TerminalFront]:
    person_end, program_end = os.openpty()
    person = Person(person_end, list(keys))

    def sit() -> None:
        try:
            person.sit()
        except OSError:  # the program closed its end
            os.close(person_end)

    thread = threading.Thread(target=sit, daemon=True)
    thread.start()
    with os.fdopen(program_end, "r", closefd=False) as stdin, os.fdopen(program_end, "w") as stdout:
        console = Console(file=stdout, force_terminal=True, width=80, _environ={"TERM": "xterm"})
        yield TerminalFront(console, stdin)
    thread.join(timeout=10)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ([b"\r"], ["host"]),
        ([b"\x1b[B", b"\r"], ["bridge"]),
        ([b"\x1bOA", b"\n"], ["none"]),
        ([b"3", b"\r"], ["none"]),
        ([b"j", b"j", b"k", b"\r"], ["bridge"]),
    ],
)
def test_arrow_keys_and_numbers_pick_in_a_real_terminal(keys: list[bytes], answer: list[str]) -> None:
    with terminal(*keys) as front:
        assert front.ask(Form(title="T", questions=[MODE]), Draft()) == {"mode": answer}


@pytest.mark.parametrize("key", [b"q", b"\x04"])
def test_a_key_leaves(key: bytes) -> None:
    with terminal(key) as front, pytest.raises(QuitError):
        front.ask(Form(title="T", questions=[MODE]), Draft())


def test_the_terminal_is_left_as_it_was() -> None:
    import termios

    person_end, program_end = os.openpty()
    before = termios.tcgetattr(program_end)
    with pytest.raises(KeyboardInterrupt), single_keys(program_end):
        raise KeyboardInterrupt
    assert termios.tcgetattr(program_end) == before
    os.close(person_end)
    os.close(program_end)


def test_an_unknown_sequence_is_no_key() -> None:
    readable, writable = os.pipe()
    os.write(writable, b"\x1b[C")
    assert read_key(readable) == ""
    os.close(writable)
    assert read_key(readable) == "quit"
    os.close(readable)
