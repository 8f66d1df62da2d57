"""How Elixir writes comments, values, and reads of environment variables."""

import re

from muster.nomad.domain.extractors.code.definitions import Definitions
from muster.nomad.domain.extractors.code.env import NAME
from muster.nomad.domain.extractors.code.reads import ReadRules
from muster.nomad.domain.extractors.code.scripting import ScriptingGrammar
from muster.nomad.domain.extractors.code.text import DOUBLE_QUOTED, CodeText, code_text
from muster.nomad.domain.extractors.extractor import SourceFile

# Long text in triple quotes is documentation or a message: both go.
_TOKEN = re.compile(
    r"[\"#?](?:((?<=\")\"\"[^\"]*+(?:\"(?!\"\")[^\"]*+)*+(?:\"\"\")?|(?:(?<=\s#)|(?<=^#))(?!\{)[^\n]*+)"
    rf"|{DOUBLE_QUOTED}|(?<=\?)[\"#'])",
    re.MULTILINE,
)

GRAMMAR = ScriptingGrammar(
    read=re.compile(
        r"(?<![\w.])(?P<call>(?:String\.to_\w{1,20}\(\s{0,9})?System\.(?:get_env|fetch_env!?)\(|\{:system,(?:\s{0,3}:\w{1,20},)?)"
        rf"\s{{0,40}}\"(?P<name>{NAME})\"\s{{0,40}}(?P<then>,\s{{0,40}})?"
    ),
    defined=Definitions(
        ("port", "PORT", "addr", "listen", "bind"),
        letters=r"\w",
        tail=r"(?:\s{0,20}+=(?![=~>])\s{0,40}+|\s(?=[\d\"]))",
        head=r"(?<![.:\"])",
    ),
    around=re.compile(r"(?:[\s(]|(?!System\.(?:get|fetch)_env)[A-Za-z_][\w.!?]{0,60}\((?!\s{0,9}\")){1,8}+"),
    otherwise=re.compile(r"[)}\s]{0,40}(?:\|>\s{0,9}String\.to_\w{1,20}(?:\(\))?\s{0,40})?(?:\|\||\belse:?)\s{0,40}"),
    plus=re.compile(r"\s{0,9}<>\s{0,9}"),
    named=re.compile(r"@?([a-z_]\w{0,60})(?![\w(.:])"),
    hole=re.compile(r"#\{\s{0,9}"),
)

RULES = ReadRules(
    insists=re.compile(r"fetch_env!|String\.to_"),
    set_here=re.compile(r"(?!)"),
    fails=re.compile(r"(?:Mix\.)?raise\b|throw\b|exit\b|System\.(?:halt|stop)"),
    absent=re.compile(r"\bunless\b|\bis_nil\(|==\s{0,3}(?:nil|\"\")|!System\b"),
    opens=re.compile(r"\bdo\s{0,9}$"),
    leaves=re.compile(r"\b(?:raise|throw|exit)\b|System\.(?:halt|stop)"),
    tested_before=re.compile(r"(?:\b(?:if|case|cond|when|and|or|not|with|in)\b[^\n\"]{0,80}|!|&&\s{0,9}|\|\|\s{0,9})$"),
    tested_behind=re.compile(
        r"[)}]{0,3}\s{0,9}(?:[=!]=|=~|&&|in\b|and\b|\|>\s{0,9}(?:is_nil|case|then|to_string|List\.wrap))"
    ),
    used=re.compile(r"[)}]{1,3}\s{0,40}(?:\|>|<>)"),
    assigned=re.compile(r"(?<![\w.])([a-z_]\w{0,60})\s{0,9}=\s{0,40}$"),
    guard=r"\bis_nil\(\s{0,3}{name}\b|\bunless\s{1,9}{name}\b|\bif\s{1,9}(?:!\s{0,3}|not\s){name}\b|(?<!\w){name}\s{0,3}==\s{0,3}(?:nil|\"\")",
    looks=r"\b(?:if|case|with)\s{1,9}{name}\b|(?<!\w){name}\s{0,9}&&",
    default=r"(?<!\w){name}\s{0,9}\|\|\s{0,9}(?!raise)",
    block_end="end",
)


def elixir_text(file: SourceFile) -> CodeText:
    """An Elixir file without its comments and long texts."""
    return code_text(file, _TOKEN)
