"""How Rust code reads environment variables: `env::var` and its like with what follows, and helpers."""

import re
from collections.abc import Iterator, Mapping

from muster.nomad.domain.extractors.code.compiled import Read
from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME, How
from muster.nomad.domain.extractors.code.text import CodeText, call_end

_READ = re.compile(
    rf"(?<![\w.!])(?:(?:std::)?env::|dotenvy?::|tokio::env::|envmnt::)?var(?:_os)?\(\s{{0,20}}(?:\"({NAME})\"|([\w:]{{0,60}}[A-Z0-9_]{{2,60}}))\s{{0,9}},?\s{{0,9}}\)"
)
_HELPER = re.compile(
    rf"(?<![\w.!])((?:\w{{1,40}}::){{0,3}}\w{{0,40}}env\w{{0,40}})(?:::<[^<>\n]{{1,40}}>)?\(\s{{0,20}}\"({UPPER_NAME})\"\s{{0,9}}(?:(,)\s{{0,20}}|\))"
)
_NO_READ = re.compile(r"(?:^|::)(?:set_|remove_|with_|unset_|clear_)|^(?:std::)?env::(?:set|remove)|(?:^|::)env$")
_OPTIONAL = re.compile(r"opt|maybe|try_", re.IGNORECASE)
_CONSTANT = re.compile(
    rf"\b(?:const|static)\s{{1,9}}([A-Z][A-Z0-9_]{{1,60}})\s{{0,9}}:\s{{0,9}}&(?:'static\s{{1,9}})?str\s{{0,9}}=\s{{0,20}}\"({NAME})\""
)
_STEP = re.compile(r"\s{0,80}(?:(\?)|\.\s{0,9}(\w{1,40})(?:::<[^()\n]{1,60}>)?\()")
_CLOSURE = re.compile(r"\s{0,20}(?:move\s{1,9})?\|[^|\n]{0,60}\|\s{0,20}\{?\s{0,20}")
_LEAVES = re.compile(
    r"(?:\w{1,40}::){0,3}(?:panic!|exit\(|abort\(|unreachable!|bail!)|return\s{0,9}Err|Err\(|(?:[\w:]{1,40})?error!\("
)
_ARM = re.compile(r"\b(?:Err\([^)\n]{0,40}\)|None|_)\s{0,9}=>\s{0,20}\{?\s{0,20}")
_LET = re.compile(r"\blet\s{1,9}(?:Ok|Some)\([^)\n]{0,60}\)\s{0,9}=\s{0,40}&?$")
_IF_LET = re.compile(r"\b(?:if|while)\s{1,9}let\s{1,9}\w{1,10}\([^)\n]{0,60}\)\s{0,9}=\s{0,40}&?$")
_MATCH = re.compile(r"\bmatch\s{1,9}&?$")
_ELSE = re.compile(r"\s{0,40}else\s{0,9}\{")
_MOST_STEPS = 12


def constants(text: CodeText) -> Iterator[tuple[str, str]]:
    """The names of constants that hold text which could be the name of a variable."""
    return ((found[1], found[2]) for found in text.find(_CONSTANT))


def env_reads(text: CodeText, names: Mapping[str, str]) -> Mapping[int, Read]:
    """The reads of a file by their offsets. `names` are the unit's constants."""
    if "env" not in text.code and "var" not in text.code:
        return {}
    reads = [*_reads(text, names), *_helpers(text)]
    return {read.start: read for read in reads}


def _reads(text: CodeText, names: Mapping[str, str]) -> Iterator[Read]:
    for found in text.find(_READ):
        name = found[1] or names.get(found[2].rpartition("::")[2])
        if name:
            how, default_at, end = _judge(text, found.start(), found.end())
            yield Read(name, found.start(), end, how, default_at)


def _helpers(text: CodeText) -> Iterator[Read]:
    """`get_env("X", "default")`, `env_or("X", 1)`, `required_env("X")`."""
    for found in text.find(_HELPER):
        if _NO_READ.search(found[1]):
            continue
        if found[3]:
            end = call_end(text.code, found.end())
            yield Read(found[2], found.start(), end, How.DEFAULT, found.end())
        else:
            how, default_at, end = _judge(text, found.start(), found.end())
            optional = how is How.BARE and _OPTIONAL.search(found[1])
            yield Read(found[2], found.start(), end, How.TESTED if optional else how, default_at)


def _judge(text: CodeText, start: int, end: int) -> tuple[How, int | None, int]:
    """What happens to a read: how, where its default begins, and where the expression goes on behind both."""
    before = text.before(start)
    if _IF_LET.search(before):
        return How.TESTED, None, end
    if _MATCH.search(before):
        return (*_matched(text.code, end), end)
    how, default_at, after = _followed(text.code, end)
    if how is How.BARE and _LET.search(before) and _ELSE.match(text.code, after):
        return How.NEEDED, None, after
    return how, default_at, after


def _matched(code: str, end: int) -> tuple[How, int | None]:
    arm = _ARM.search(code, end, end + 600)
    if arm is None:
        return How.TESTED, None
    return (How.NEEDED, None) if _LEAVES.match(code, arm.end()) else (How.DEFAULT, arm.end())


def _followed(code: str, at: int) -> tuple[How, int | None, int]:
    """What the calls behind a read make of it, in their order."""
    how = How.BARE
    for _ in range(_MOST_STEPS):
        step = _STEP.match(code, at)
        if step is None:
            break
        if step[1]:
            return (How.TESTED if how is How.TESTED else How.NEEDED), None, step.end()
        end = call_end(code, step.end())
        match step[2]:
            case "unwrap" | "expect":
                return How.NEEDED, None, end
            case "unwrap_or" | "unwrap_or_else" | "map_or" | "map_or_else" | "or_else" | "or":
                return (*_default(code, step.end()), end)
            case "ok" | "is_ok" | "is_err" | "is_some" | "is_none" | "unwrap_or_default" | "is_ok_and" | "is_some_and":
                how = How.TESTED
            case _:
                pass
        at = end
    return how, None, at


def _default(code: str, at: int) -> tuple[How, int | None]:
    closure = _CLOSURE.match(code, at)
    at = closure.end() if closure else at
    return (How.NEEDED, None) if _LEAVES.match(code, at) else (How.DEFAULT, at)
