"""How code reads environment variables in scripting languages: what stands around a read says if it is needed.

Templates of `ReadRules` hold `{name}` for the variable that took a read.
"""

import re
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.env import EnvRead, How
from muster.nomad.domain.extractors.code.scripting import ScriptingExpressions
from muster.nomad.domain.extractors.code.text import CodeText

_BLOCK = 160
_GUARDED_WITHIN = 900


@dataclass(frozen=True)
class ReadRules:
    """What a language writes around reads."""

    insists: re.Pattern[str]
    """Calls that fail without the variable."""
    set_here: re.Pattern[str]
    """Behind a read: it is no read, the variable is set."""
    fails: re.Pattern[str]
    """Where the default would stand: it raises instead."""
    absent: re.Pattern[str]
    """A line that tests whether something is absent."""
    opens: re.Pattern[str]
    """Such a line opens a block, whose first lines count too."""
    leaves: re.Pattern[str]
    """It raises, exits or returns an error."""
    tested_before: re.Pattern[str]
    tested_behind: re.Pattern[str]
    used: re.Pattern[str]
    """Behind a read: what can't be done with nothing."""
    assigned: re.Pattern[str]
    """In front of a read: a variable, group 1, takes it."""
    guard: str
    """A template: a test whether that variable is absent."""
    looks: str
    """A template: a test whether it is there."""
    default: str
    """A template: it is given a default, which starts at the end."""
    block_end: str
    tolerates: re.Pattern[str] = re.compile(r"(?!)")
    """Calls that by custom give nothing where the variable is absent."""


def direct_reads(text: CodeText, values: ScriptingExpressions, rules: ReadRules) -> list[EnvRead]:
    """The reads of a file; what it sets itself has a default."""
    found = [_read(text, values, rules, one) for one in text.find(values.grammar.read)]
    written = {read.name for read in found if read.line == 0}
    return [EnvRead(one.name, one.line, How.DEFAULT) if one.name in written else one for one in found if one.line]


def _read(text: CodeText, values: ScriptingExpressions, rules: ReadRules, found: "re.Match[str]") -> EnvRead:
    name, line, code = found["name"], text.line(found.start()), text.code
    if rules.set_here.match(code, found.end()):
        return EnvRead(name, 0, How.DEFAULT)  # line 0 marks it as no read
    start = _default_start(values, found)
    if start is not None and rules.fails.match(code, start):
        return EnvRead(name, line, How.NEEDED)
    if start is not None:
        return EnvRead(name, line, How.DEFAULT, values.value(start).whole_text)
    if rules.insists.search(found["call"]):
        return EnvRead(name, line, How.NEEDED)
    if rules.tolerates.search(found["call"]):
        return EnvRead(name, line, How.DEFAULT)
    return EnvRead(name, line, *_around(text, values, rules, found))


def _default_start(values: ScriptingExpressions, found: "re.Match[str]") -> int | None:
    if found["then"] is not None:
        return found.end()
    other = values.grammar.otherwise.match(values.text.code, found.end())
    return other.end() if other else None


def _around(
    text: CodeText, values: ScriptingExpressions, rules: ReadRules, found: "re.Match[str]"
) -> tuple[How, str | None]:
    before = text.before(found.start(), 140).rpartition("\n")[2]
    behind = text.code[found.end() : found.end() + _BLOCK]
    statement = before + found[0] + behind.partition("\n")[0]
    if rules.absent.search(statement):
        return (How.NEEDED if _leaves(rules, statement, behind) else How.TESTED), None
    if rules.tested_before.search(before) or rules.tested_behind.match(behind):
        return How.TESTED, None
    if rules.used.match(behind):
        return How.NEEDED, None
    assigned = rules.assigned.search(before)
    return _guarded(values, rules, assigned[1], found.end()) if assigned else (How.BARE, None)


def _leaves(rules: ReadRules, statement: str, behind: str) -> bool:
    """Whether the code stops where a test finds nothing: in the same line, or in the block that the line opens."""
    block = behind.partition(rules.block_end)[0] if rules.opens.search(statement) else ""
    return rules.leaves.search(f"{statement}\n{block}") is not None


def _guarded(values: ScriptingExpressions, rules: ReadRules, name: str, start: int) -> tuple[How, str | None]:
    """What the lines behind do with the variable that took the read."""
    code, named = values.text.code, re.escape(name)
    end = start + _GUARDED_WITHIN
    default = re.compile(rules.default.replace("{name}", named)).search(code, start, end)
    if default:
        return How.DEFAULT, values.value(default.end()).whole_text
    test = re.compile(rules.guard.replace("{name}", named)).search(code, start, end)
    if test is None:
        looked = re.compile(rules.looks.replace("{name}", named)).search(code, start, end)
        return (How.TESTED if looked else How.BARE), None
    line_start, line_end = code.rfind("\n", 0, test.start()) + 1, code.find("\n", test.end())
    statement = code[line_start : line_end if line_end >= 0 else end]
    return (How.NEEDED if _leaves(rules, statement[:400], code[test.end() : test.end() + _BLOCK]) else How.TESTED), None
