"""The wrapper around every entry point: errors become a message and an exit code, never a traceback on the screen."""

import errno
import gc
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from muster.core.errors import MusterError
from muster.core.redaction import redact

QUIT = 130


def run_cli(command: Callable[[], object]) -> NoReturn:
    """Run a command line to its end and exit with its code.

    0 done, 1 the work failed or a programming error, 2 wrong use, 3 a service is away, 130 the user quit.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    _open_closed_streams()
    code = _code_of(command)
    _finish_output()
    gc.freeze()  # or Python would look once more at each object of the loaded libraries: seconds, after Ctrl-C too
    sys.exit(code)


def _code_of(command: Callable[[], object]) -> int:
    try:
        command()
        sys.stdout.flush()
    except SystemExit as end:
        return _exit_code(end)
    except MusterError as error:
        _tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _tell("interrupted")
        return QUIT
    except BrokenPipeError:  # `| head` has seen enough
        return 0
    except Exception as error:  # noqa: BLE001  # an entry point: nobody above can tell the user
        _tell(_disk_full(error) or _fault(error))
        return 1
    return 0


def _disk_full(error: Exception) -> str:
    if not isinstance(error, OSError) or error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return ""
    return f"{error.filename or 'the output'} can't be written: {error.strerror}"


def _fault(error: Exception) -> str:
    notes: list[str] = getattr(error, "__notes__", [])
    said = f"a fault in muster: {type(error).__name__}: {error}"
    return "\n".join([said, *notes, f"The traceback is in {_save_traceback()}."])


def _open_closed_streams() -> None:
    """Python leaves None for a stream that the caller closed (`<&-`): let it be an empty one."""
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: PTH123, SIM115  # open until the process ends
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115


def _finish_output() -> None:
    """Write out what is left; what nobody takes is dropped, or Python would complain about it at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _exit_code(end: SystemExit) -> int:
    if isinstance(end.code, str):
        _tell(end.code)
        return 1
    return end.code or 0


def _tell(text: str) -> None:
    with suppress(OSError):  # its reader may have gone too
        sys.stderr.write(redact(text).rstrip() + "\n")


def _save_traceback() -> Path:
    handle, name = tempfile.mkstemp(prefix="muster-", suffix=".traceback.txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(redact(traceback.format_exc()))
    return Path(name)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """A polite kill leaves like Ctrl-C: the run is written down as cancelled."""
    raise KeyboardInterrupt
