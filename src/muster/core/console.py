"""Text on its way to a terminal: one console for answers, one for talk, and nothing in it that moves the cursor."""

import re
from typing import NoReturn

from rich.console import Console

_UNWRAPPED = 10_000
# Repository text, logs and server answers could otherwise clear the screen or retitle the window.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


class _PipeConsole(Console):
    """Says by an exception that its reader has gone, where rich would exit with 1 in the middle of whatever runs."""

    def on_broken_pipe(self) -> NoReturn:
        self.quiet = True
        raise BrokenPipeError("nobody reads the output any more")


def make_console(*, stderr: bool = False) -> Console:
    """A console that shows text as it is; plain and unwrapped where it is no terminal.

    Printing raises BrokenPipeError once its reader has gone, and prints nothing after that.
    """
    console = _PipeConsole(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.no_color = True
        console.width = _UNWRAPPED
    return console


def visible(text: str) -> str:
    """The text with control characters made visible; newlines and tabs stay."""
    return _CONTROLS.sub(lambda match: f"\\x{ord(match.group()):02x}", text.replace("\r\n", "\n"))
