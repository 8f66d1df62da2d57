"""A command that is written as one line, as the words that a container starts."""

import re
import shlex

_SHELL = re.compile(r"[$&|;<>`*?~(){}\\]|^\s*\w+=")


def command_words(line: str) -> tuple[str, ...]:
    """The words; through a shell where the line needs one (variables, `&&`, pipes)."""
    if _SHELL.search(line):
        return ("/bin/sh", "-c", line.strip())
    try:
        return tuple(shlex.split(line))
    except ValueError:  # a quote that never ends
        return tuple(line.split())
