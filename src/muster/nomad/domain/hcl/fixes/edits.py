"""Changes of a text by spans: everything outside of them stays as it is, comments and layout included."""

from collections.abc import Iterable

from muster.nomad.domain.hcl.positions import Edit, Span


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; they must not overlap."""
    parts: list[str] = []
    at = 0
    for span, new in sorted(edits):
        parts += [text[at : span.start], new]
        at = span.end
    return "".join([*parts, text[at:]])


def line_start(text: str, at: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind("\n", 0, at) + 1


def indent_at(text: str, at: int) -> str:
    """The blanks that the line of an offset begins with."""
    line = text[line_start(text, at) : at]
    return line[: len(line) - len(line.lstrip())]


def own_lines(text: str, span: Span) -> Span | None:
    """The whole lines of a span, line end included; None where something else stands on them."""
    start = line_start(text, span.start)
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end + 1
    alone = not text[start : span.start].strip() and not text[span.end : end].strip()
    return Span(start, end) if alone else None


def removal(text: str, span: Span) -> Edit:
    """Takes a span out, and the whole line where nothing else stands on it."""
    return Edit(own_lines(text, span) or span, "")


def shifted(text: str, old: str, new: str) -> str:
    """Lines that began with one indent, beginning with another."""
    lines = text.split("\n")
    return "\n".join(new + line.removeprefix(old) if line.strip() else line for line in lines)
