"""The environment variables that a shell script reads: `${X:-default}`, `${X:?why}`, tests that end in `exit`.

Variables that the script sets before are its own, and so are the shell's.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from muster.nomad.domain.extractors.code.env import UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.shell.lines import ShellLine
from muster.nomad.domain.extractors.substitution import expand

_READ = re.compile(rf"\$(?:\{{({UPPER_NAME})(:?[-=?+])?|({UPPER_NAME})(?!\w))")
_SET = re.compile(
    rf"(?:^|[;&|(]|\b(?:export|local|readonly|then|do|else)\b|\bdeclare\s{{1,9}}-\w{{1,5}}|\s)\s{{0,20}}({UPPER_NAME})\+?="
    rf"|\bread\s(?:\s{{0,9}}-\w{{1,9}}){{0,4}}\s{{0,9}}({UPPER_NAME})|\bfor\s{{1,9}}({UPPER_NAME})\s{{1,9}}in\b"
)
_ABSENT = re.compile(r"(?:-z|!\s{0,3}-n)\s{1,9}\"?\$\{?%s\b|\$\{?%s(?::-)?\}?\"?\s{1,3}={1,2}\s{1,3}\"\"")
_PRESENT = re.compile(r"-n\s{1,9}\"?\$\{?%s\b")
_TEST = re.compile(r"(?:^|[\s;&|!])(?:\[\[?|test)\s|\bcase\s|\bif\s")
_LEAVES = re.compile(r"(?:^|[\s;&|{])(?:exit|return\s{1,3}[1-9]|die|fail|abort)\b")
_OWN_WORDS = (
    "RANDOM SECONDS LINENO IFS OPTARG OPTIND OPTERR PPID UID EUID GROUPS FUNCNAME PIPESTATUS REPLY BASH BASHPID "
    "DIRSTACK HOSTTYPE MACHTYPE OSTYPE SHLVL PS1 PS2 PS4 BASH_SOURCE BASH_VERSION BASH_REMATCH EPOCHSECONDS"
)
_OWN = frozenset(_OWN_WORDS.split())
_BLOCK = 12
_MOST = 300
_MOST_A_LINE = 50


def script_reads(lines: Sequence[ShellLine]) -> list[EnvRead]:
    """The reads in a script, each name as often as it is read before the script sets it."""
    own: set[str] = set(_OWN)
    found: list[EnvRead] = []
    for index, line in enumerate(lines):
        if "$" in line.code:
            found += [read for read in _of_line(lines, index) if read.name not in own]
        if not line.text and ("=" in line.code or "read" in line.code or "for" in line.code):
            own |= {_name(one) for one in _SET.finditer(line.code)}
        if len(found) > _MOST:
            break
    return found


def given_values(lines: Sequence[ShellLine]) -> tuple[dict[str, str], dict[str, str]]:
    """What the script gives its variables: for good, and where the environment gives them nothing."""
    fixed: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for line in lines:
        for found in _READ.finditer(line.code) if "$" in line.code else ():
            default = _default(line.code, found)
            if default:
                defaults.setdefault(found[1], default)
        for found in _SET.finditer(line.code) if "=" in line.code and not line.text else ():
            value = re.match(r"\"?([\w./:-]{1,200})\"?(?=[\s;&|)]|$)", line.code[found.end() :])
            if found[1] and value:
                fixed[found[1]] = value[1]
    return {name: value for name, value in fixed.items() if name not in defaults}, defaults


def _of_line(lines: Sequence[ShellLine], index: int) -> Iterator[EnvRead]:
    line = lines[index]
    sets = [(_name(one), one.end()) for one in islice(_SET.finditer(line.code), _MOST_A_LINE)]
    for found in islice(_READ.finditer(line.code), _MOST_A_LINE):
        if any(name in found.groups() and _is_over(line.code[end : found.start()]) for name, end in sets):
            continue
        name, operator = found[1] or found[3], (found[2] or "").lstrip(":")
        if operator in ("-", "="):
            yield EnvRead(name, line.number, *_tested(lines, index, name, _default(line.code, found)))
        elif operator == "?":
            yield EnvRead(name, line.number, How.NEEDED)
        elif operator == "+":
            yield EnvRead(name, line.number, How.TESTED)
        else:
            yield EnvRead(name, line.number, *_plain(lines, index, name))


def _name(setting: "re.Match[str]") -> str:
    return next(name for name in setting.groups() if name)


def _is_over(between: str) -> bool:
    """Whether a command ends between a setting and a read."""
    return bool(between) and not {";", "&"}.isdisjoint(between)


def _plain(lines: Sequence[ShellLine], index: int, name: str) -> tuple[How, str | None]:
    if not _TEST.search(lines[index].code):
        return How.BARE, None
    how, default = _tested(lines, index, name, None)
    return (How.TESTED if how is How.DEFAULT and default is None else how), default


def _tested(lines: Sequence[ShellLine], index: int, name: str, default: str | None) -> tuple[How, str | None]:
    """What the script does where the variable is empty: it leaves, or sets it, in this line or in the block below."""
    code = lines[index].code
    absent = re.search(_ABSENT.pattern.replace("%s", name), code)
    if absent:
        block = _block(lines, index)
        if _LEAVES.search(block):
            return How.NEEDED, None
        given = re.search(rf"(?<!\w){name}=\"?([\w./:-]{{1,200}})\"?(?=[\s;&|)]|$)", block[absent.end() :])
        return How.DEFAULT, given[1] if given else default
    if re.search(_PRESENT.pattern.replace("%s", name), code) and "||" in code and _LEAVES.search(_block(lines, index)):
        return How.NEEDED, None
    return How.DEFAULT, default


def _block(lines: Sequence[ShellLine], index: int) -> str:
    """A line with the block that it opens, up to its end or `else`."""
    kept = [lines[index].code]
    opens = re.search(r"\bif\b|[{]\s{0,9}$", kept[0]) and not re.search(r"\bfi\b", kept[0])
    for line in lines[index + 1 : index + 1 + _BLOCK] if opens else ():
        if re.match(r"\s{0,80}(?:fi|else|elif|\})\b|\s{0,80}\}", line.code):
            break
        kept.append(line.code)
    return "\n".join(kept)


def _default(code: str, found: "re.Match[str]") -> str | None:
    """The word behind `:-`, where nothing in it is unknown."""
    if not found[2] or found[2][-1] not in "-=":
        return None
    depth, end = 1, found.end()
    while end < min(len(code), found.end() + 300) and depth:
        depth += (code[end] == "{") - (code[end] == "}")
        end += 1
    word = expand(code[found.end() : end - 1].strip("\"'"), lambda name: None)
    return word.text if not depth and not word.missing and "$(" not in word.text and "`" not in word.text else None
