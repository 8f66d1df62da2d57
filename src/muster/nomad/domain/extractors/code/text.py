"""The text of a file of code with its comments blanked out, ready for regular expressions.

Nothing moves: comments become spaces, so that an offset still gives the line. A line over 5,000 characters is
machine-made and is blanked too, which keeps every expression's work small.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, islice

from muster.nomad.domain.extractors.code.needles import may_match
from muster.nomad.domain.extractors.extractor import SourceFile

LONGEST_LINE = 5000
MOST_MATCHES = 500
"""How many matches of one expression are looked at in a file; nobody writes more by hand."""

# What a comment or a text goes on with behind its first character; those characters in brackets begin an expression,
# which is found many times faster than one of alternatives. Each alternative goes on to the end of the text or line
# when its end is missing: nothing is ever scanned twice.
SLASH_COMMENT = r"(?<=/)(?:\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?|/[^\n]*+)"
DOUBLE_QUOTED = r"(?<=\")(?:[^\"\\\n]|\\.)*+\"?"
QUOTED = rf"{DOUBLE_QUOTED}|(?<=')(?:[^'\\\n]|\\.)*+'?"
_TEMPLATE = r"(?<=`)(?:[^`\\]|\\.)*+`?"
_RAW = r"(?<=`)[^`]*+`?"
# A slash after an operator starts a regular expression, not a division: with up to three blanks between, or indented.
_OPERATOR = r"[(,=:\[!&|?;{}\n]"
_BEHIND = "|".join(rf"(?<={_OPERATOR}[ \t]{{{blanks}}}/)" for blanks in range(4))
_REGEX = (
    rf"(?:{_BEHIND}|(?<=\n)[ \t]*+/)(?![*/])"
    r"(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,200}+\]){1,500}+/[a-z]*+"
)
_SCRIPT_TOKEN = re.compile(rf"[/\"'`\n](?:({SLASH_COMMENT})|{QUOTED}|{_TEMPLATE}|{_REGEX})", re.DOTALL)
_GO_TOKEN = re.compile(rf"[/\"'`](?:({SLASH_COMMENT})|{QUOTED}|{_RAW})", re.DOTALL)
_NOT_NEWLINE = re.compile(r"[^\n]+")

_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|`(?:[^`\\]|\\.)*+`", re.DOTALL)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_LONGEST_CALL = 1500


@dataclass(frozen=True)
class CodeText:
    """A file's code without its comments."""

    file: SourceFile
    code: str
    _found: dict[int, tuple["re.Pattern[str]", tuple["re.Match[str]", ...]]] = field(
        default_factory=dict[int, tuple["re.Pattern[str]", tuple["re.Match[str]", ...]]],
        init=False,
        repr=False,
        compare=False,
    )
    """By the identity of the expression, which costs less to look up than the expression, and is held to keep it."""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(map(len, map("\n".__add__, self.code.split("\n"))))]

    def line(self, offset: int) -> int:
        """The number of the line that an offset lies in."""
        return bisect_right(self._starts, offset)

    def find(self, pattern: "re.Pattern[str]") -> Iterator["re.Match[str]"]:
        """The first matches of an expression; looked for once, since a file may be read in several contexts."""
        known = self._found.get(id(pattern))
        if known is None:
            matches = pattern.finditer(self.code) if may_match(pattern, self.code) else ()
            known = self._found[id(pattern)] = (pattern, tuple(islice(matches, MOST_MATCHES)))
        return iter(known[1])

    def has(self, pattern: "re.Pattern[str]") -> bool:
        """Whether an expression matches anywhere."""
        return may_match(pattern, self.code) and pattern.search(self.code) is not None

    def before(self, offset: int, size: int = 120) -> str:
        """A little of the code in front of an offset."""
        return self.code[max(0, offset - size) : offset]


def script_text(file: SourceFile) -> CodeText:
    """A JavaScript or TypeScript file without its comments."""
    return code_text(file, _SCRIPT_TOKEN)


def go_text(file: SourceFile) -> CodeText:
    """A Go file without its comments."""
    return code_text(file, _GO_TOKEN)


def code_text(file: SourceFile, token: "re.Pattern[str]") -> CodeText:
    """A file without its comments, by an expression that matches comments, with group 1, and strings, which stay."""
    return file.made(_code_text, token)


def _code_text(file: SourceFile, token: "re.Pattern[str]") -> CodeText:
    return CodeText(file, _without_comments(file.text, token))


def arguments(code: str, start: int) -> list[tuple[int, int]]:
    """The arguments of a call, or entries of a literal, as offsets; `start` is behind the opening bracket.

    A call longer than 1,500 characters is cut there.
    """
    found: list[tuple[int, int]] = []
    depth, begin, at = 0, start, start
    end = min(len(code), start + _LONGEST_CALL)
    while at < end and depth >= 0:
        character = code[at]
        if character in "\"'`":
            string = _STRING.match(code, at, end)
            at = string.end() if string else at + 1
            continue
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth < 0 or (character == "," and depth == 0):
            found.append((begin, at))
            begin = at + 1
        at += 1
    if depth >= 0:
        found.append((begin, at))
    return [span for span in found if code[slice(*span)].strip()]


def call_end(code: str, start: int) -> int:
    """Behind the bracket that closes the call whose arguments begin at `start`."""
    spans = arguments(code, start)
    return (spans[-1][1] if spans else start) + 1


def _without_comments(text: str, token: "re.Pattern[str]") -> str:
    short = text.replace("\r\n", "\n")
    lines = short.split("\n")
    if max(map(len, lines)) > LONGEST_LINE:
        short = "\n".join(line if len(line) <= LONGEST_LINE else "" for line in lines)
    return token.sub(lambda found: _NOT_NEWLINE.sub(_blank, found[0]) if found[1] is not None else found[0], short)


def _blank(found: "re.Match[str]") -> str:
    return " " * len(found[0])
