"""How PHP writes comments, values, and reads of environment variables."""

import re

from muster.nomad.domain.extractors.code.definitions import LISTENING, Definitions
from muster.nomad.domain.extractors.code.env import UPPER_NAME
from muster.nomad.domain.extractors.code.reads import ReadRules
from muster.nomad.domain.extractors.code.scripting import ScriptingGrammar
from muster.nomad.domain.extractors.code.text import QUOTED, CodeText, code_text
from muster.nomad.domain.extractors.extractor import SourceFile

# `#[` opens an attribute, not a comment.
_TOKEN = re.compile(
    r"[/#\"'](?:((?<=/)\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?|(?<=/)(?<!:/)/[^\n]*+"
    rf"|(?:(?<=\s#)|(?<=^#))(?!\[)[^\n]*+)|{QUOTED})",
    re.MULTILINE,
)
# What a web server tells PHP about a request, and PHP about itself.
_CGI = (
    r"(?:REQUEST|HTTP|SERVER|SCRIPT|REMOTE|DOCUMENT|CONTENT|PHP|SSL|REDIRECT|ORIG|CONTEXT|FCGI|AUTH|GATEWAY|PATH|QUERY"
    r"|UNIQUE|ARGV|ARGC)(?:_\w{0,40})?|HTTPS|X_\w{1,40}"
)

GRAMMAR = ScriptingGrammar(
    read=re.compile(
        r"(?<![\w>$])(?P<call>(?P<plain>getenv\(|\$_ENV\[|\$_SERVER\[(?=\s{0,9}['\"](?!(?:" + _CGI + r")['\"])))"
        r"|(?:\w{0,40}[eE]nv\w{0,20}::(?:get|require|must|string|int|bool)\w{0,20}|(?!(?:put|set|un|load)_?[eE]nv)\w{0,30}[eE]nv\w{0,30})\()"
        rf"\s{{0,40}}['\"](?P<name>{UPPER_NAME})['\"]\s{{0,40}}"
        r"(?(plain)(?:,\s{0,9}(?:true|false)\s{0,9})?|(?P<then>,\s{0,40})?)"
    ),
    defined=Definitions(LISTENING, r"\w", r"\s{0,20}+=(?![=>])\s{0,20}+", head=r"\$(?:this->)?|\bconst\s{1,9}|::\$?"),
    around=re.compile(
        r"(?:\((?:int|string|bool|float)\)|[\s(@]|(?!\w{0,30}[eE]nv)[A-Za-z_]\w{0,40}\((?!\s{0,9}['\"])){1,8}+"
    ),
    otherwise=re.compile(r"[)\]\s]{0,40}(?:\?:|\?\?=?|\|\||\bor\b)\s{0,40}"),
    plus=re.compile(r"\s{0,9}\.\s{0,9}"),
    named=re.compile(r"(?:\$(?:this->)?|(?:self|static)::\$?)(\w{1,60})(?![\w(\[])"),
    hole=re.compile(r"\{(?=\$)|(?=\$[A-Za-z_])"),
)

_NAMED = r"\$(?:this->)?{name}\b"
RULES = ReadRules(
    insists=re.compile(r"OrFail|[rR]equire|[mM]ust"),
    set_here=re.compile(r"\]\s{0,9}=(?![=>])"),
    fails=re.compile(r"\(?\s{0,9}(?:throw|die|exit)\b|abort\(|trigger_error\("),
    absent=re.compile(
        r"!\s{0,3}(?:isset|getenv|env|array_key_exists|\$_)|\bempty\(|={2,3}\s{0,3}(?:false|null|''|\"\")|\bis_null\("
    ),
    opens=re.compile(r"[{:]\s{0,9}$"),
    leaves=re.compile(r"\b(?:throw|die|exit|abort)\b"),
    tested_before=re.compile(
        r"(?:\b(?:if|elseif|while|switch|match|and|or)\b[^\n;'\"]{0,80}|\bisset\(\s{0,9}|!|&&\s{0,9}|\|\|\s{0,9}"
        r"|\(bool\)\s{0,3}|filter_var\(\s{0,9})$"
    ),
    tested_behind=re.compile(r"[)\]]{0,4}\s{0,40}(?:[!=]==?|\?(?![:?>-])|&&|\|\||\?->)"),
    used=re.compile(r"(?!)"),
    assigned=re.compile(r"\$(?:this->)?(\w{1,60})\s{0,9}=\s{0,9}$"),
    guard=rf"!\s{{0,3}}{_NAMED}|\bempty\(\s{{0,3}}{_NAMED}|\bis_null\(\s{{0,3}}{_NAMED}"
    rf"|{_NAMED}\s{{0,3}}={{2,3}}\s{{0,3}}(?:false|null|''|\"\")",
    looks=rf"\bif\s{{0,3}}\(\s{{0,3}}{_NAMED}|\bisset\(\s{{0,3}}{_NAMED}|{_NAMED}\s{{0,3}}(?:\?|&&|!==?)",
    default=rf"{_NAMED}\s{{0,9}}(?:\?\?=|=\s{{0,9}}{_NAMED}\s{{0,9}}\?[:?])\s{{0,9}}",
    block_end="}",
    tolerates=re.compile(r"^env\("),
)


def php_text(file: SourceFile) -> CodeText:
    """A PHP file without its comments."""
    return code_text(file, _TOKEN)
