"""A real terminal: arrow keys, Ctrl-C and Ctrl-D at a prompt, and a terminal left as it was found."""

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from e2e.calling import Shell, write

pytestmark = pytest.mark.e2e

PROGRAM = "from muster.nomad.main import main; main()"
PATIENCE_S = 60
COMPOSE = "services:\n  web:\n    build: .\n    ports: ['80']\n    environment: [MODE]\n"


@dataclass
class Terminal:
    """A pseudo-terminal with a program in it."""

    master: int
    slave: int
    program: "subprocess.Popen[bytes]"
    seen: str = ""
    mode: list[object] = field(default_factory=list)

    def until(self, *words: str) -> None:
        """Read on until all these words have been shown, and forget them."""
        deadline = time.monotonic() + PATIENCE_S
        while not all(word in self.seen for word in words):
            assert time.monotonic() < deadline, self.seen
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536).decode(errors="replace")
            else:
                assert self.program.poll() is None, self.seen
        self.seen = ""

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """The exit code; what is still shown is read meanwhile."""
        deadline = time.monotonic() + PATIENCE_S
        while self.program.poll() is None or select.select([self.master], [], [], 0)[0]:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536).decode(errors="replace")
        return self.program.wait()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    write(tmp_path / "app", Dockerfile="FROM python:3.12\n", compose__yaml=COMPOSE)
    master, slave = pty.openpty()
    mode = termios.tcgetattr(slave)
    argv = [sys.executable, "-c", PROGRAM, "generate", "app", "-o", "job.hcl"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    program = subprocess.Popen(
        argv, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True, preexec_fn=controlling
    )
    yield Terminal(master, slave, program, mode=mode)
    program.kill()
    program.wait()
    assert termios.tcgetattr(slave) == mode  # the terminal is left as it was
    os.close(master)
    os.close(slave)


def controlling() -> None:
    """Make the terminal the child's own, so that Ctrl-C is a signal."""
    os.close(os.open(os.ttyname(0), os.O_RDWR))


UP, DOWN, ENTER, CTRL_C, CTRL_D = "\x1b[A", "\x1b[B", "\r", "\x03", "\x04"


def test_everything_is_answered_by_keys(terminal: Terminal, shell: Shell) -> None:
    terminal.until("[1/1] Generate a job from web", "[Y/n]")
    terminal.press(ENTER)
    terminal.until("[1/", "Which image", "Enter for none >")
    terminal.press(f"nginx:1{ENTER}")
    terminal.until("Which network", "docker's own", "arrows or a number")
    terminal.press(DOWN + DOWN + UP + UP + DOWN + ENTER)
    terminal.until("> host", "Environment", "Enter confirms")
    terminal.press(f"MODE=fast{ENTER}")
    terminal.until("fast", "set here", "Enter confirms")
    terminal.press(ENTER)
    terminal.until("How many instances", "[1]")
    terminal.press(f"3{ENTER}")
    terminal.until("How much does web need", ">")
    terminal.press(ENTER)
    terminal.until("Which architecture", "any")
    terminal.press(f"3{ENTER}")
    assert terminal.end() == 0, terminal.seen
    job = Path("job.hcl").read_text()
    for words in ('image        = "nginx:1"', 'network_mode = "host"', 'MODE = "fast"', "count = 3", '"arm64"'):
        assert words in job, job
    assert shell.last_run().status == "finished"


def test_a_variable_is_walked_through_by_source_and_value(terminal: Terminal, shell: Shell) -> None:
    terminal.until("[1/1] Generate a job from web", "[Y/n]")
    terminal.press(ENTER)
    terminal.until("[1/", "Which image", "Enter for none >")
    terminal.press(f"nginx:1{ENTER}")
    terminal.until("Which network", "arrows or a number")
    terminal.press(ENTER)
    terminal.until("Environment", "Enter confirms")
    terminal.press(f"edit MODE{ENTER}")
    terminal.until("fixed (value)", "consul (KEY)", "arrows or a number")
    terminal.press(ENTER)
    terminal.until("> fixed", "value > _")
    terminal.press(f"fasr\x7ft{ENTER}")
    terminal.until("fast", "set here", "Enter confirms")
    terminal.press(f"edit 1{ENTER}")
    terminal.until("arrows or a number")
    terminal.press(ENTER)
    terminal.until("value > fast_")  # the present value is filled in
    terminal.press(f"er{ENTER}")
    terminal.until("faster", "set here", "Enter confirms")
    terminal.press(ENTER)
    terminal.until("How many instances", "[1]")
    terminal.press(ENTER)
    terminal.until("How much does web need", ">")
    terminal.press(ENTER)
    terminal.until("Which architecture", "any")
    terminal.press(ENTER)
    assert terminal.end() == 0, terminal.seen
    assert 'MODE = "faster"' in Path("job.hcl").read_text()


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D, "quit\r", "Quit\r"])
def test_leaving_at_a_typed_prompt(terminal: Terminal, shell: Shell, key: str) -> None:
    terminal.until("[1/1] Generate a job from web", "[Y/n]")
    terminal.press(key)
    assert terminal.end() == 130, terminal.seen
    assert f"muster runs resume {shell.last_run().id}" in terminal.seen
    assert "\r\nrun " in terminal.seen  # on a line of its own
    assert shell.last_run().status == "waiting"


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D, "q"])
def test_leaving_at_a_menu(terminal: Terminal, shell: Shell, key: str) -> None:
    terminal.until("[1/1] Generate a job from web", "[Y/n]")
    terminal.press(ENTER)
    terminal.until("Which image", "Enter for none >")
    terminal.press(ENTER)
    terminal.until("Which network", "arrows or a number")
    terminal.press(key)
    assert terminal.end() == 130, terminal.seen
    assert shell.last_run().status == "waiting"
