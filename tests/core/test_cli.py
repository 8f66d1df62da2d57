import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from muster.core.cli import run_cli
from muster.core.errors import MusterError, QuitError, UnreachableError, UsageError, WorkFailedError


@pytest.fixture(autouse=True)
def _handler() -> Generator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


def code_of(command: Callable[[], object]) -> object:
    with pytest.raises(SystemExit) as caught:
        run_cli(command)
    return caught.value.code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MusterError("it went wrong"), 1),
        (WorkFailedError("it went wrong"), 1),
        (UsageError("it went wrong", advice="do that"), 2),
        (UnreachableError("it went wrong"), 3),
        (QuitError("it went wrong"), 130),
    ],
)
def test_our_errors_become_a_message_and_their_exit_code(
    error: MusterError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(raising(error)) == code
    assert capsys.readouterr() == ("", f"{error}\n")


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (None, 0), (2, 2), ("text", 1)])
def test_an_exit_keeps_its_code(code: str | int | None, expected: int) -> None:
    assert code_of(raising(SystemExit(code))) == expected


def test_an_end_is_a_success() -> None:
    assert code_of(lambda: None) == 0


def test_ctrl_c_is_130() -> None:
    assert code_of(raising(KeyboardInterrupt())) == 130


def test_a_fault_is_one_redacted_line_and_a_saved_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    error = ZeroDivisionError("password=hunter2hunter2")
    error.add_note("The run's report is here.")
    assert code_of(raising(error)) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[:2] == ["a fault in muster: ZeroDivisionError: password=[redacted]", "The run's report is here."]
    (saved,) = tmp_path.glob("muster-*.txt")
    assert str(saved) in said[2]
    assert "ZeroDivisionError" in saved.read_text()
    assert "hunter2" not in saved.read_text()


def test_a_polite_kill_leaves_like_ctrl_c() -> None:
    assert code_of(lambda: os.kill(os.getpid(), signal.SIGTERM)) == 130


def test_a_closed_pipe_is_no_fault() -> None:
    program = "from muster.core.cli import run_cli; run_cli(lambda: [print('x' * 1000) for _ in range(10000)])"
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout
    assert child.stderr
    child.stdout.read(10)
    child.stdout.close()
    assert child.wait(timeout=60) == 0
    assert child.stderr.read() == b""
    child.stderr.close()


READS_AND_WRITES = "from muster.core.cli import run_cli; import sys; run_cli(lambda: print(repr(sys.stdin.read())))"
FILLS_PIPES = (
    "from muster.core.cli import run_cli; from muster.core.errors import UsageError; import sys\n"
    "def work():\n"
    "    print('x' * 100000)\n"
    "    raise UsageError('no')\n"
    "run_cli(work)"
)


@pytest.mark.parametrize(
    ("program", "streams", "code"),
    [
        (READS_AND_WRITES, "<&-", 0),
        (READS_AND_WRITES, "</dev/null >&-", 0),
        (READS_AND_WRITES, "</dev/null 2>&-", 0),
        (READS_AND_WRITES, "</dev/null >/dev/full", 1),
        (FILLS_PIPES, ">/dev/full", 1),
        (FILLS_PIPES, "2>/dev/full >/dev/null", 2),
        (FILLS_PIPES, "2>&1 | true", 0),
    ],
)
def test_streams_that_are_closed_full_or_gone_are_no_fault(program: str, streams: str, code: int) -> None:
    line = f"'{sys.executable}' -c \"$PROGRAM\" {streams}"
    ended = subprocess.run(
        ["sh", "-c", line], env={**os.environ, "PROGRAM": program}, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == code
    assert ended.stderr in ("", "the output can't be written: No space left on device\n")
