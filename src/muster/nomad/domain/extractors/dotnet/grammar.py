"""The text of a C# file without comments, and what its expressions look like."""

import re

from muster.nomad.domain.extractors.code.compiled import CompiledGrammar
from muster.nomad.domain.extractors.code.text import QUOTED, SLASH_COMMENT, CodeText, code_text
from muster.nomad.domain.extractors.extractor import SourceFile

_RAW = r"(?<=\")\"\"(?:[^\"]|\"(?!\"\"))*+(?:\"\"\")?"
_VERBATIM = r"(?:(?<=@)\$?|(?<=\$)@)\"(?:[^\"]|\"\")*+\"?"
_TOKEN = re.compile(rf"[/\"'@$](?:({SLASH_COMMENT})|{_RAW}|{_VERBATIM}|{QUOTED})", re.DOTALL)
_DEVELOPMENT = re.compile(r"(?<![\w.!])(?:\w{1,40}\.){0,3}IsDevelopment\(\)\s{0,9}\)\s{0,40}\{")
_LONGEST_BLOCK = 4000

GRAMMAR = CompiledGrammar(
    wrapper=re.compile(
        r"[\s(]+|new\s{1,9}|\((?:int|string|ushort)\)|\w{1,30}:\s{1,3}"
        r"|(?!Environment\.|string\.Format|String\.Format)[A-Za-z_][\w.]{0,60}(?:<\w{0,20}>)?\((?!\s{0,9}\))"
    ),
    literal=re.compile(
        r"\$\"(?P<holes>[^\"\\\n]{0,200})\"|@?\"(?P<text>[^\"\\\n]{0,200})\""
        r"|(?P<number>[0-9][0-9_]{0,8})(?![\w.]|\s{0,3}[*/%])|(?P<truth>true|false)\b"
    ),
    hole=re.compile(r"\{(?:[0-9]|([A-Za-z_][\w.]{0,60})(?:[:,][^{}]{0,20})?)\}"),
    formatter=re.compile(r"[sS]tring\.Format\(\s{0,40}"),
    pair=re.compile(r"IPEndPoint\(\s{0,40}"),
    otherwise=re.compile(r"[)\s]{0,40}\?\?\s{0,20}"),
)


def dotnet_text(file: SourceFile) -> CodeText:
    """A C# file without its comments."""
    return code_text(file, _TOKEN)


def development_blocks(text: CodeText) -> list[tuple[int, int]]:
    """The extents of `if (app.Environment.IsDevelopment()) {...}`: a container does not run in development."""
    if "IsDevelopment" not in text.code:
        return []
    return [(found.end(), _closing(text.code, found.end())) for found in text.find(_DEVELOPMENT)]


def _closing(code: str, start: int) -> int:
    depth = 1
    end = min(len(code), start + _LONGEST_BLOCK)
    for brace in re.compile(r"[{}]").finditer(code, start, end):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return end
