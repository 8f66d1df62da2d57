"""Judges syntax with HashiCorp's own parser, through the wheel `pygohcl`."""

import re

import pygohcl

from muster.nomad.domain.hcl.diagnostics import Diagnostic, Place

_GUARD = "muster_guard {}\n"
"""A block ahead of the text: pygohcl then stops after parsing and does not turn values into JSON, where a number
such as 1e99999999 would cost seconds. It moves every line down by one."""

_MAX_BRACKETS = 5000
"""Beyond about 100,000 open brackets pygohcl exhausts its stack and takes the process with it."""

_PREFIX = "invalid HCL: "
_START = re.compile(r"(?:^|, )tmp\.hcl:(\d+),(\d+)-(?:(\d+),)?(\d+): ")
_MENTION = re.compile(r"tmp\.hcl:(\d+),")


def syntax_diagnostics(text: str, filename: str) -> tuple[Diagnostic, ...]:
    """What HashiCorp's parser says about the syntax; empty when it is HCL."""
    if _brackets(text) > _MAX_BRACKETS:
        detail = f"More than {_MAX_BRACKETS} brackets are open at once."
        return (Diagnostic("Nested too deeply", detail, filename),)
    message = _complaint(text.removeprefix("\ufeff"))
    return tuple(_diagnostics(message, filename)) if message else ()


def _brackets(text: str) -> int:
    depth = deepest = 0
    for sign in re.finditer(r"[(\[{}\])]", text):
        depth += 1 if sign.group() in "([{" else -1
        deepest = max(deepest, depth)
    return deepest


def _complaint(text: str) -> str:
    # A NUL would end the C string early; any other unused character gets the same diagnostic.
    data = (_GUARD + text.replace("\0", "\x01")).encode("utf-8", "replace")
    try:
        pygohcl.attributes_loadb(data)
    except pygohcl.HCLParseError as error:
        message = str(error)
        return message.removeprefix(_PREFIX) if message.startswith(_PREFIX) else ""
    return ""


def _diagnostics(message: str, filename: str) -> list[Diagnostic]:
    starts = list(_START.finditer(message))
    ends = [match.start() for match in starts[1:]] + [len(message)]
    return [_diagnostic(match, message[match.end() : end], filename) for match, end in zip(starts, ends, strict=True)]


def _diagnostic(match: re.Match[str], words: str, filename: str) -> Diagnostic:
    line, column, end_line, end_column = match.groups()
    place = Place(int(line) - 1, int(column), int(end_line or line) - 1, int(end_column))
    summary, _, detail = words.partition("; ")
    return Diagnostic(summary, _MENTION.sub(lambda mention: _moved(mention, filename), detail), filename, place)


def _moved(mention: re.Match[str], filename: str) -> str:
    return f"{filename}:{int(mention.group(1)) - 1},"
