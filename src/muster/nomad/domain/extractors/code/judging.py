"""What Java, Kotlin and C# do with an environment variable that they have read: whether it is needed, its default."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.env import How
from muster.nomad.domain.extractors.code.text import CodeText, call_end

Judged = tuple[How, int | None]
"""How it is read, and where the expression of its default begins."""

_INSISTS = re.compile(r"requireNonNull|checkNotNull|notNull|notEmpty|hasText$|ThrowIf")
_DEFAULTS = re.compile(r"(?:Or|Null|Empty|Blank)Else|[Dd]efault|firstNonNull|Coalesce")
_TESTS = re.compile(
    r"(?:[iI]sNullOr\w{1,12}|isBlank|isNotBlank|isEmpty|isNotEmpty|hasLength|[eE]quals|equalsIgnoreCase|contentEquals"
    r"|parseBoolean|getBoolean|TryParse|contains)$"
)
_CALLEE = re.compile(r"([\w.]{1,60})\(\s{0,40}$")
_CALL = re.compile(r"\s{0,60}(?:\?|!!?)?\.\s{0,9}(\w{1,40})\s{0,3}([({])")
_CLOSER = re.compile(r"\s{0,40}\)")
_NEXT = re.compile(r"\s{0,9},\s{0,40}")
_COALESCE = re.compile(r"\s{0,60}(?:\?:|\?\?)\s{0,60}")
_BANG = re.compile(r"!!|!(?=[;,)\s.])")
_COMPARES = re.compile(r"\s{0,20}([!=]=|is\s(?:not\s)?)")
_LEAVES = re.compile(r"throw\b|error\(|exitProcess|System\.exit|Environment\.Exit|\brequire\(|fail\(|TODO\(")
_STEPS_OUT = re.compile(r"return\b|continue\b|null\b|break\b")
_QUESTION = re.compile(r"\?(?![.?:])\s{0,40}")
_COLON = re.compile(r"(?<![:?]):(?!:)\s{0,40}")
_ELSE = re.compile(r"\belse\s{1,9}")
_ASSIGNED = re.compile(
    r"([A-Za-z_]\w{0,60})\s{0,9}(?::\s{0,9}[\w?.]{1,40}\s{0,9})?=\s{0,40}(?:[\w.]{1,60}\(\s{0,9}){0,2}$"
)
_WINDOW = 1500
_MOST_STEPS = 12


@dataclass(frozen=True)
class _Step:
    """A call behind a value: `.orElse(`; its arguments begin at `start`, the expression goes on at `end`."""

    name: str
    start: int
    end: int


def judge(text: CodeText, start: int, end: int) -> Judged:
    """What happens to the value that is read between two offsets."""
    code, before = text.code, text.before(start)
    callee = _CALLEE.search(before)
    name = callee[1] if callee else ""
    if _DEFAULTS.search(name) and (comma := _NEXT.match(code, end)):
        return How.DEFAULT, comma.end()
    if _TESTS.search(name):
        return _chosen(code, end, absent=_speaks_of_absence(name) and not before[: -len(name) - 1].endswith("!"))
    if _INSISTS.search(name):
        return How.NEEDED, None
    return _followed(code, end) or _guarded(text, end, _ASSIGNED.search(before))


def calls_after(code: str, at: int) -> Iterator[_Step]:
    """The calls that follow a value one upon another, brackets that close around it left out."""
    for _ in range(_MOST_STEPS):
        while closer := _CLOSER.match(code, at):
            at = closer.end()
        found = _CALL.match(code, at)
        if found is None:
            return
        at = call_end(code, found.end())
        yield _Step(found[1], found.end(), at)


def _followed(code: str, at: int) -> Judged | None:
    for step in calls_after(code, at):
        if step.name in {"orElse", "orElseGet", "getOrElse", "ifEmpty", "ifBlank", "GetValueOrDefault", "orEmpty"}:
            return _defaulted(code, step.start)
        if step.name in {"orElseThrow", "isPresent", "ifPresent", "HasValue"}:
            return (How.NEEDED if step.name == "orElseThrow" else How.TESTED), None
        if _TESTS.search(step.name):
            return _chosen(code, step.end, absent=_speaks_of_absence(step.name))
        at = step.end
    while closer := _CLOSER.match(code, at):
        at = closer.end()
    if coalesce := _COALESCE.match(code, at):
        return _defaulted(code, coalesce.end())
    if _BANG.match(code, at):
        return How.NEEDED, None
    compared = _COMPARES.match(code, at)
    return _chosen(code, compared.end(), absent=compared[1] in ("==", "is ")) if compared else None


def _defaulted(code: str, at: int) -> Judged:
    if code.startswith(("{", "()"), at):
        at = at + len(code[at : at + 60]) - len(code[at : at + 60].lstrip("{()-> \n\t"))
    if _LEAVES.match(code, at):
        return How.NEEDED, None
    return (How.TESTED, None) if _STEPS_OUT.match(code, at) else (How.DEFAULT, at)


def _speaks_of_absence(name: str) -> bool:
    return re.search(r"[iI]sNullOr|isBlank|isEmpty", name) is not None


def _chosen(code: str, at: int, *, absent: bool) -> Judged:
    """After a test: the default of `test ? a : b`, or of `if (test) a else b`; else it is only looked at."""
    stop = re.compile(r"[;{}]").search(code, at, at + 400)
    end = stop.start() if stop else min(len(code), at + 400)
    if stop and stop[0] == "{":
        return _block(code, stop.start(), "") if absent else (How.TESTED, None)
    question = _QUESTION.search(code, at, end)
    colon = _COLON.search(code, question.end(), end) if question else _ELSE.search(code, at, end)
    if colon is None:
        left = absent and _LEAVES.search(code, at, end)
        return (How.NEEDED if left else How.TESTED), None
    return _defaulted(code, question.end() if question and absent else colon.end())


def _block(code: str, opening: int, name: str) -> Judged:
    closing = code.find("}", opening, opening + 400)
    end = closing if closing > 0 else opening + 400
    if _LEAVES.search(code, opening, end):
        return How.NEEDED, None
    found = re.compile(rf"(?<!\w){re.escape(name)}\s{{0,9}}=\s{{0,9}}").search(code, opening, end) if name else None
    return (How.DEFAULT, found.end()) if found else (How.TESTED, None)


def _guarded(text: CodeText, end: int, assigned: "re.Match[str] | None") -> Judged:
    """What the code does with the name that the value was put into."""
    if assigned is None:
        return How.BARE, None
    name, code = assigned[1], text.code
    used = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)").search(code, end, end + _WINDOW)
    if used is None:
        return How.BARE, None
    if coalesce := re.compile(r"\s{0,9}(?:\?:|\?\?=?)\s{0,9}").match(code, used.end()):
        return _defaulted(code, coalesce.end())
    callee = _CALLEE.search(text.before(used.start()))
    compared = _COMPARES.match(code, used.end())
    if callee and _TESTS.search(callee[1]):
        return _tested(
            text, used.end(), name, absent=_speaks_of_absence(callee[1]) and f"!{callee[1]}(" not in callee.string
        )
    if callee and _INSISTS.search(callee[1]):
        return How.NEEDED, None
    called = _CALL.match(code, used.end())
    if called and _TESTS.search(called[1]):
        return _tested(text, called.end(), name, absent=_speaks_of_absence(called[1]))
    return _tested(text, compared.end(), name, absent=compared[1] in ("==", "is ")) if compared else (How.BARE, None)


def _tested(text: CodeText, at: int, name: str, *, absent: bool) -> Judged:
    line_start = text.code.rfind("\n", 0, at) + 1
    if not re.search(r"\bif\b", text.code[line_start:at]):
        return _chosen(text.code, at, absent=absent)
    if not absent:
        return How.TESTED, None
    stop = re.compile(r"[;{]").search(text.code, at, at + 300)
    if stop is None:
        return How.TESTED, None
    if stop[0] == "{":
        return _block(text.code, stop.start(), name)
    return (How.NEEDED if _LEAVES.search(text.code, at, stop.start()) else How.TESTED), None
