"""The text of a Rust file without comments and inline tests, and what its expressions look like."""

import re

from muster.nomad.domain.extractors.code.compiled import CompiledGrammar
from muster.nomad.domain.extractors.code.text import SLASH_COMMENT, CodeText, code_text
from muster.nomad.domain.extractors.extractor import SourceFile

# A quote before a name is a lifetime, not a character.
_STRINGS = (
    r"(?<=\br)(#{1,3})\"(?:[^\"]|\"(?!\2))*+(?:\"\2)?|(?<=\br)\"[^\"]*+\"|(?<=\")(?:[^\"\\]|\\.)*+\"?"
    r"|(?<=')(?:\\.[^'\n]{0,8}|[^'\\\n])'"
)
_TOKEN = re.compile(rf"[/r\"'](?:({SLASH_COMMENT})|{_STRINGS})", re.DOTALL)
_TESTS = re.compile(r"^\s{0,20}#\[cfg\(test\)\]\s{0,40}(?:pub\s)?mod\s\w{1,60}\s{0,9}\{", re.MULTILINE)

GRAMMAR = CompiledGrammar(
    wrapper=re.compile(
        r"[\s&*\[]+|mut\s|move\s|Some\(|Ok\(|Box::new\(|(?!(?:std::)?env::)[A-Za-z_][\w:]{0,60}(?:::<[^<>()\n]{1,40}>)?\((?!\s{0,9}\))"
        r"|\|[^|\n]{0,40}\|\s{0,20}\{?"
    ),
    literal=re.compile(
        r"b?\"(?P<text>[^\"\\\n]{0,200})\"|(?P<number>[0-9][0-9_]{0,8})(?:_?[ui](?:8|16|32|64|size))?(?![\w.]|\s{0,3}[*/%])"
        r"|(?P<truth>true|false)\b"
    ),
    hole=re.compile(r"\{(\w{0,60})(?::[^{}]{0,20})?\}"),
    formatter=re.compile(r"format!\s?\(\s{0,40}"),
    pair=re.compile(r"(?:[\w:]{0,40}SocketAddr(?:V4|V6)?::new)?\(\s{0,40}"),
    otherwise=re.compile(r"[)\s]{0,40}\.unwrap_or(?:_else)?\(\s{0,20}(?:\|[^|\n]{0,20}\|\s{0,20})?"),
)


def rust_text(file: SourceFile) -> CodeText:
    """A Rust file without its comments; a module of tests ends it, as it does by custom."""
    text = code_text(file, _TOKEN)
    tests = _TESTS.search(text.code) if "cfg(test)" in text.code else None
    return CodeText(file, text.code[: tests.start()]) if tests else text
