"""Secrets that a name gives away: `NAME=value`, in the notations of shells, files, code, JSON and command lines."""

import re

from muster.core.secret_shapes.names import names_secret, names_secret_in_text
from muster.core.secret_shapes.references import is_expression, is_reference, is_sentence
from muster.core.secret_shapes.shape import Shape, start

# Every name of a secret has one of these in it.
_HINTS = ("pass", "pwd", "pw", "secret", "token", "key", "cred", "salt", "pepper", "masterauth")
# The name's own letters: else the value of `url=DB_PASSWORD=x` would be lost.
_SAYS_SO = rf"(?=[\w.-]*?(?i:{'|'.join(_HINTS)}))"
_NAME = rf"(?<![\w.-]){_SAYS_SO}(?P<name>[\w.-]++)"
_QUOTE = r"(?:\\{0,7}[\"'`])?+\]?+"
_GIVEN = r"[ \t]*+(?:=>|:=|[?+]?=|:)[ \t]*+"
# Between a name and a text in quotes: `get("NAME", default="x")`, `NAME: str = "x"`, `name || "x"`, `setName("x")`.
_GIVEN_TEXT = (
    r"(?P<given>\s*+,\s*+(?:\w{1,20}+\s*+=\s*+)?+|[ \t]*+(?:=>|:=|[?+]?=|:)[ \t]*+"
    r"|(?::(?:[\w.|&?<> ]|\[[^\]\n]{0,40}+\]){1,60}+|[ \t]++string[ \t]*+)=[ \t]*+"
    r"|\)?+[ \t]*+(?:\|\||\?\?|\?:|(?<=[\]) ])(?<![\w ] )or\b)[ \t]*+|\)[ \t]*+\{[ \t]*+|\()"
    r"(?:(?:[A-Za-z.]{0,30}(?:SecretStr|Field))\((?:default=)?+){0,2}+"
)
_SETS = re.compile(r"(?:[\w.]*\.)?(?:[sS]et|[wW]ith)[A-Z_]\w*|[\w.]*\.[pP]assword")
# `name: X` and `value: x` of one object, in either order, with others between them.
_MARK = r"(?:\\{0,7}[\"'])?+"
_IS = _MARK + r"[ \t]*+[:=][ \t]*+"
_NAMED = rf"\b(?i:name|key|id){_IS}{_MARK}(?P<name>[\w.-]++){_MARK}"
_THEN = r"(?:,\s*+|\s++)(?:- )?+" + _MARK
_NEXT = rf"(?:{_THEN}\w{{1,20}}+{_IS}{_MARK}[\w./:-]{{0,40}}+{_MARK}){{0,3}}?{_THEN}"
_VALUE = (
    rf"\b(?i:value|default){_IS}(?P<quote>\\{{0,7}}[\"'])?+(?P<secret>(?(quote)(?:(?!(?P=quote))(?:[^\\\n]|\\.))++"
    r"|(?:[^\s\"',}\]]|[,}\]](?![\s,}\]]|$)){4,100}+))"
)
_FILE = re.compile(r".*\.[a-z]{1,5}")
_MORE = re.compile(r"\s[\w.-]{1,40}=")


def _is_secret(name: str) -> bool:
    return names_secret(name) if name.isupper() else names_secret_in_text(name)


def _is_given(match: re.Match[str]) -> bool:
    """In quotes, or for a whole block."""
    return _is_secret(match["name"]) and not is_reference(match["name"], match["secret"].strip())


def _is_text(match: re.Match[str]) -> bool:
    """In quotes, after what gives it to the name; as an argument only after the first one, or of what sets it."""
    if match["given"].startswith("(") and not _SETS.fullmatch(match["name"]):
        return False
    if match["given"].lstrip().startswith(",") and not _is_first_argument(match):
        return False
    return _is_given(match)


def _is_first_argument(match: re.Match[str]) -> bool:
    return match.string[max(0, match.start() - 40) : match.start()].rstrip("\\\"'`").rstrip().endswith("(")


def _is_plain(match: re.Match[str]) -> bool:
    """Without quotes: `key=value`, where code may stand too; `key: value` within a line may be plain English."""
    name, value = match["name"], match["secret"]
    if not _is_secret(name) or is_expression(name, value):
        return False
    if ":" not in match["given"] or "=" in match["given"]:
        return True
    place_in_a_file = value[0].isdigit() and not match["given"].endswith(" ") and _FILE.fullmatch(name)
    return not place_in_a_file and not (value.isalpha() and (value.islower() or value.istitle()))


def _is_line(match: re.Match[str]) -> bool:
    """The rest of a line, in a file of settings; not where more settings follow."""
    name, value = match["name"], match["secret"].strip()
    if not _is_secret(name) or is_expression(name, value) or _MORE.search(value):
        return False
    return not (match["given"].startswith(":") and is_sentence(value))


ASSIGNED: tuple[Shape, ...] = (
    Shape(
        "block of YAML",
        r"^(?P<indent>[ ]*+)(?:- )?[\"']?(?P<name>[\w.-]++)[\"']?:[ ]*+[|>][-+0-9]*+[ ]*+\n"
        r"(?P<secret>(?:(?P=indent)[ ]+\S[^\n]*+\n?|[ ]*+\n)++)",
        _HINTS,
        "password: |\n  correct horse\n  battery staple\n",
        "  correct horse\n  battery staple\n",
        _is_given,
    ),
    Shape(
        "heredoc",
        _NAME + _GIVEN + r"<<[-~]?[\"']?(?P<end>\w++)[\"']?\n(?P<secret>(?:[^<]|<(?!<))*?)\n[ \t]*+(?P=end)\b",
        _HINTS,
        "password = <<EOT\ncorrect horse\nEOT",
        "correct horse",
        _is_given,
    ),
    Shape(
        "text in three quotes",
        _NAME + _QUOTE + _GIVEN + r"(?P<quote>\"\"\"|''')(?P<secret>(?s:.)*?)(?P=quote)",
        _HINTS,
        'password = """\ncorrect horse"""',
        "\ncorrect horse",
        _is_given,
    ),
    Shape(
        "variable of a container",
        _NAMED + _NEXT + _VALUE,
        ("value", "default"),
        "name: DB_PASSWORD\n  value: hunter2hunter2",
        "hunter2hunter2",
        _is_given,
    ),
    Shape(
        "variable of a container, its value first",
        _VALUE + r"(?(quote)(?P=quote))" + _NEXT + _NAMED,
        ("value", "default"),
        '{"value": "hunter2hunter2", "name": "DB_PASSWORD"}',
        "hunter2hunter2",
        _is_given,
    ),
    Shape(
        "element of XML",
        rf"(?:<(?:\w{{1,20}}+:)?+|\b(?:name|key)=[\"']){_SAYS_SO}(?P<name>[\w.-]++)[\"']?+(?:\s[^<>\n/]{{0,200}}+)?+>"
        r"\s*+(?:<!\[CDATA\[)?+(?P<secret>[^<>\s](?:[^<>\]]|\](?!\]>))*+)(?:\]\]>\s*+)?</",
        ("</",),
        "<password>hunter2hunter2</password>",
        "hunter2hunter2",
        _is_given,
    ),
    Shape(
        "value in escaped quotes",
        _NAME
        + r"(?:\\{1,7}[\"'])?+\]?+"
        + _GIVEN_TEXT
        + r"(?P<quote>\\{1,7}[\"'])(?P<secret>[^\n]*?)(?:(?<!\\)(?P=quote)|$)",
        _HINTS,
        r"{\"password\": \"hunter2 hunter2\"}",
        "hunter2 hunter2",
        _is_text,
    ),
    *(
        Shape(
            f"value in {mark}",
            _NAME
            + _QUOTE
            + _GIVEN_TEXT
            + rf"[bBrRuU]{{0,2}}+{mark}(?P<secret>(?:[^{mark}\\\n]|\\.)*+(?={mark})"  # on one line
            + rf"|[^{mark}]{{1,4000}}+(?={mark}[ \t,;]*+$)|[^{mark}\n]*+)",  # over several lines; never closed
            _HINTS,
            f"password: {mark}hunter2 hunter2{mark}",
            "hunter2 hunter2",
            _is_text,
        )
        for mark in "\"'`"
    ),
    Shape(
        "line of a file of settings",
        r"^[ \t]*+(?:(?:export|set|ENV|ARG|-|\+|>)[ \t]++)*+(?P<name>[\w.-]++)[\"']?"
        r"(?P<given>" + _GIVEN + r")(?P<secret>[^\s\"'`][^\n]*+)$",
        _HINTS,
        "DB_PASSWORD=correct horse battery staple",
        "correct horse battery staple",
        _is_line,
    ),
    Shape(
        "ENV of a Dockerfile",
        r"^[ \t]*+ENV[ \t]++(?P<name>\w++)(?P<given>[ \t]++)(?P<secret>[^\s=][^\n]*+)$",
        ("env",),
        "ENV DB_PASSWORD hunter2hunter2",
        "hunter2hunter2",
        _is_line,
    ),
    Shape(
        "plain value",
        _NAME + _QUOTE + r"(?P<given>" + _GIVEN + r")(?P<secret>(?:[^\s\"'`;,&<>]|,(?![\s\"']|[\w.-]{1,40}[=:]|$))++)",
        _HINTS,
        "host=db password=hunter2hunter2 user=app",
        "hunter2hunter2",
        _is_plain,
    ),
    Shape(
        "option of a command",
        start(r"\w-") + rf"--?{_SAYS_SO}" + r"(?P<name>[A-Za-z][\w-]*+)(?:[ \t]++|[\"'],?\s*+[\"'])(?P<quote>[\"']?)"
        r"(?P<secret>(?<=[\"'])[^\"'\n]++|(?!-)[^\s\"'`,;|&)]++)",
        _HINTS,
        "login --password hunter2hunter2 --user app",
        "hunter2hunter2",
        _is_given,
    ),
)
