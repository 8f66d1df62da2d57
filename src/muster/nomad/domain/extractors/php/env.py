"""How PHP reads environment variables: its own functions and arrays, Laravel's `env`, Symfony's `%env(X)%`."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.code.env import NAME, UPPER_NAME, EnvRead, How
from muster.nomad.domain.extractors.code.reads import direct_reads
from muster.nomad.domain.extractors.code.scripting import ScriptingExpressions
from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.php.grammar import RULES

_PRE_TEST = re.compile(r"env|_ENV|Env|_SERVER")
_ASKED = re.compile(rf"array_key_exists\(\s{{0,9}}['\"]({UPPER_NAME})['\"]\s{{0,9}},\s{{0,9}}\$_(?:ENV|SERVER)\b")
_REQUIRED = re.compile(r"->required\(\s{0,9}(\[[^\]]{1,2000}\]|['\"][^'\"\n]{1,80}['\"])")
_QUOTED = re.compile(rf"['\"]({UPPER_NAME})['\"]")
_SYMFONY = re.compile(rf"%env\(((?:[\w.-]{{0,60}}:){{0,6}})({NAME})\)%")
_ATTRIBUTE = re.compile(rf"\benv:\s{{0,3}}['\"](?:[\w.-]{{1,40}}:){{0,5}}({NAME})['\"]")
_PARAMETER = re.compile(rf"^\s{{0,20}}+['\"]?env\(({NAME})\)['\"]?:[ \t]{{0,9}}([^\n#]{{0,200}})", re.MULTILINE)
_FOR_DEVELOPMENT = re.compile(r"^when@(?:dev|test):[^\n]*+(?:\n(?:[ \t#][^\n]*+|(?=\n|\Z)))*+", re.MULTILINE)


def env_reads(text: CodeText, values: ScriptingExpressions) -> list[EnvRead]:
    """The reads in a PHP file."""
    code = text.code
    reads = direct_reads(text, values, RULES) if _PRE_TEST.search(code) else []
    if "array_key_exists" in code:
        reads += (EnvRead(found[1], text.line(found.start()), How.TESTED) for found in text.find(_ASKED))
    if "%env(" in code:
        reads += _symfony(text)
    if "Autowire" in code:
        reads += (EnvRead(found[1], text.line(found.start()), How.NEEDED) for found in text.find(_ATTRIBUTE))
    if "otenv" in code:
        reads += _required(text)
    return reads


def is_symfony_file(file: SourceFile) -> bool:
    """Whether it is a configuration that may name variables; those for development and tests count for nothing."""
    if not file.name.endswith((".yaml", ".yml")) or "%env(" not in file.text:
        return False
    return not {"dev", "test"} & set(file.path.split("/"))


def symfony_reads(file: SourceFile) -> list[EnvRead]:
    """The variables in a YAML configuration of Symfony."""
    text = CodeText(file, _FOR_DEVELOPMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), file.text))
    defaults = {found[1]: found[2].strip().strip("'\"") for found in text.find(_PARAMETER)}
    return [
        EnvRead(one.name, one.line, How.DEFAULT, defaults[one.name]) if one.name in defaults else one
        for one in _symfony(text)
    ]


def _symfony(text: CodeText) -> Iterator[EnvRead]:
    for found in text.find(_SYMFONY):
        line_start = text.code.rfind("\n", 0, found.start()) + 1
        if not text.code[line_start : found.start()].lstrip().startswith("#"):
            how = How.DEFAULT if "default:" in found[1] else How.NEEDED
            yield EnvRead(found[2], text.line(found.start()), how)


def _required(text: CodeText) -> Iterator[EnvRead]:
    """`$dotenv->required(['A', 'B'])`."""
    for found in text.find(_REQUIRED):
        for name in _QUOTED.finditer(found[1]):
            yield EnvRead(name[1], text.line(found.start(1) + name.start()), How.NEEDED)
