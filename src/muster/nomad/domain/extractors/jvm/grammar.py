"""The text of a Java or Kotlin file without comments, and what its expressions look like."""

import re

from muster.nomad.domain.extractors.code.compiled import CompiledGrammar
from muster.nomad.domain.extractors.code.text import QUOTED, SLASH_COMMENT, CodeText, code_text
from muster.nomad.domain.extractors.extractor import SourceFile

_BLOCK = r"(?<=\")\"\"(?:[^\"]|\"(?!\"\"))*+(?:\"\"\")?"
_TOKEN = re.compile(rf"[/\"'](?:({SLASH_COMMENT})|{_BLOCK}|{QUOTED})", re.DOTALL)

GRAMMAR = CompiledGrammar(
    wrapper=re.compile(
        r"[\s(]+|new\s{1,9}|@\w{1,20}\s|\((?:int|Integer|String)\)|(?!System\.getenv|String\.format)[A-Za-z_][\w.]{0,60}(?:<\w{0,20}>)?\((?!\s{0,9}\))"
    ),
    literal=re.compile(
        r"\"(?P<holes>[^\"\\\n$]{0,200}\$[^\"\\\n]{0,200})\"|\"(?P<text>[^\"\\\n]{0,200})\""
        r"|(?P<number>[0-9][0-9_]{0,8})L?(?![\w.]|\s{0,3}[*/%])|(?P<truth>true|false)\b"
    ),
    hole=re.compile(r"\$\{?([A-Za-z_][\w.]{0,60})\}?|%[sd]"),
    formatter=re.compile(r"String\.format\(\s{0,40}"),
    pair=re.compile(r"InetSocketAddress\(\s{0,40}"),
    otherwise=re.compile(r"[)\s]{0,40}(?:\?:|\.orElse(?:Get)?\(|\.getOrElse\()\s{0,20}(?:\(\)\s{0,3}->\s{0,3})?"),
)


def jvm_text(file: SourceFile) -> CodeText:
    """A Java or Kotlin file without its comments."""
    return code_text(file, _TOKEN)
