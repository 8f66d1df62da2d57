"""How Elixir reads environment variables: `System`, with what stands around it, and helpers of applications."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.reads import direct_reads
from muster.nomad.domain.extractors.code.scripting import ScriptingExpressions
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.elixir.grammar import RULES

_PRE_TEST = re.compile(r"[eE]nv\w{0,40}[!?]?(?:\(|/1)|:system,")
# `get_env("X", "d")` of an application's own, `env!("X", :integer, 5)` of Dotenvy.
_HELPER = re.compile(
    rf"(?<![\w.])((?:[A-Z]\w{{0,40}}\.){{0,3}}\w{{0,40}}?env\w{{0,40}}([!?])?)\(\s{{0,40}}(?:[a-z_]\w{{0,40}},\s{{0,9}})?"
    rf"\"({UPPER_NAME})\"\s{{0,9}}(?:,\s{{0,9}}:\w{{1,20}}[!?]?\s{{0,9}}(?=[,)]))?(,\s{{0,40}})?"
)
_NO_READ = re.compile(r"^(?:System|Application|Config|Mix)\.|(?:put|delete|set|stub)_\w*env")
_INSISTS = re.compile(r"fetch|require|must|raise|ensure|!$")
_LIST = re.compile(r"(?:@?\w{0,40}(?:required|env|vars)\w{0,40}\s{1,9}(?:=\s{0,9})?)(?:~w[\[({|]|\[)([^\])}|]{1,2000})")
_WORD = re.compile(UPPER_NAME)
_COMPUTED = re.compile(r"System\.(?:get_env|fetch_env!?)\(\s{0,9}[a-z_&]|&System\.(?:get_env|fetch_env!?)/1")


def env_reads(text: CodeText, values: ScriptingExpressions) -> list[EnvRead]:
    """The reads in a file."""
    if not _PRE_TEST.search(text.code):
        return []
    return [*direct_reads(text, values, RULES), *_helpers(text, values), *_listed(text)]


def _helpers(text: CodeText, values: ScriptingExpressions) -> Iterator[EnvRead]:
    for found in text.find(_HELPER):
        if _NO_READ.search(found[1]):
            continue
        line = text.line(found.start())
        if found[4]:
            yield EnvRead(found[3], line, How.DEFAULT, values.value(found.end()).whole_text)
        else:
            yield EnvRead(found[3], line, How.NEEDED if _INSISTS.search(found[1]) else How.BARE)


def _listed(text: CodeText) -> Iterator[EnvRead]:
    """`@required_env ~w(A B)` of a file that reads variables by computed names."""
    if not _COMPUTED.search(text.code):
        return
    for found in text.find(_LIST):
        for name in _WORD.finditer(found[1]):
            yield EnvRead(name[0], text.line(found.start(1) + name.start()), How.NEEDED)
