"""How Ruby writes comments, values, and reads of environment variables."""

import re

from muster.nomad.domain.extractors.code.definitions import LISTENING, Definitions
from muster.nomad.domain.extractors.code.env import NAME
from muster.nomad.domain.extractors.code.reads import ReadRules
from muster.nomad.domain.extractors.code.scripting import ScriptingGrammar
from muster.nomad.domain.extractors.code.text import QUOTED, CodeText, code_text
from muster.nomad.domain.extractors.extractor import SourceFile

# A hash sign opens a comment behind a blank only: `#{` in text and `Module#method` open none.
_TOKEN = re.compile(
    r"[=#_\"'](?:((?<=^=)begin\b[^\n]*+(?:\n(?!=end)[^\n]*+)*+|(?:(?<=[\s;]#)|(?<=^#))(?!\{)[^\n]*+"
    rf"|(?<=^_)_END__$[\s\S]*+)|{QUOTED})",
    re.MULTILINE,
)
_CONVERTED = r"(?:&?\.(?:to_[a-z]{1,3}|presence|strip|freeze|downcase)\b(?:\(\))?){0,3}"

GRAMMAR = ScriptingGrammar(
    read=re.compile(
        rf"(?<![\w.])ENV(?P<call>\.fetch[ (]\s{{0,9}}|\[\s{{0,3}})['\"](?P<name>{NAME})['\"]\s{{0,9}}"
        r"(?P<then>,\s{0,20}|\)\s{0,9}(?:\{|do\b)\s{0,20}(?:\|\w{0,20}\|\s{0,9})?)?"
    ),
    defined=Definitions(LISTENING, r"\w", r"\s{0,20}+(?:\|\|)?=(?![=~>])\s{0,20}+", head=r"(?<!\.)"),
    around=re.compile(r"(?:[\s(]|(?!ENV\b)[A-Za-z_][\w.:]{0,40}\((?!\s{0,9}['\"])){1,6}+"),
    otherwise=re.compile(rf"[)\]]{{0,3}}{_CONVERTED}\s{{0,9}}\)?\s{{0,9}}(?:\|\|=?|\bor\b)\s{{0,20}}"),
    plus=re.compile(r"\s{0,9}\+\s{0,9}"),
    named=re.compile(r"(?:[A-Za-z_]\w{0,40}(?:\.|::)){0,4}[@$:]{0,2}([A-Za-z_]\w{0,60})(?![\w(])"),
    hole=re.compile(r"#\{\s{0,9}"),
)

_LEAVES = re.compile(r"\b(?:raise|abort|exit!?|fail)\b")
RULES = ReadRules(
    insists=re.compile(r"fetch"),
    set_here=re.compile(r"\]\s{0,9}(?:=(?![=~>])|<<)"),
    fails=re.compile(r"\(?\s{0,3}(?:raise|abort|fail|exit)\b"),
    absent=re.compile(r"\bunless\b|\.(?:nil|blank|empty)\?|!\s{0,3}ENV\b"),
    opens=re.compile(r"^\s{0,80}(?:if|unless|elsif)\b"),
    leaves=_LEAVES,
    tested_before=re.compile(
        r"(?:\b(?:if|elsif|while|until|when|case|and|or|not)\b[^\n\"']{0,80}|!|&&\s{0,9}|\|\|\s{0,9})$"
    ),
    tested_behind=re.compile(
        r"[\])]{0,3}(?:&\.|\.(?:present\?|presence|to_[a-z]{1,3}\b|try\b|in\?)|\s{0,9}(?:[=!]=|=~|\?\s|&&|and\b|in\b))"
    ),
    used=re.compile(r"[\])]{1,3}\.(?=[a-z])"),
    assigned=re.compile(r"(?<![\w.])(@{0,2}[A-Za-z_]\w{0,60})\s{0,9}=\s{0,9}$"),
    guard=r"\bunless\s{1,9}{name}\b|\bif\s{1,9}!\s{0,3}{name}\b|{name}\.(?:nil|blank|empty)\?",
    looks=r"\b(?:if|elsif|case)\s{1,9}{name}\b|{name}(?:&\.|\.present\?|\s{0,3}(?:\?|&&))",
    default=r"(?<!\w){name}\s{0,9}\|\|=\s{0,9}",
    block_end="end",
)


def ruby_text(file: SourceFile) -> CodeText:
    """A Ruby file without its comments, and without what stands behind `__END__`."""
    return code_text(file, _TOKEN)
