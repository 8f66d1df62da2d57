"""Secrets that a name gives away: `NAME=value`, in the notations of shells, files, code, JSON and command lines."""

import re

from muster.core.secret_shapes.names import names_secret, names_secret_in_text
from muster.core.secret_shapes.references import is_expression, is_reference
from muster.core.secret_shapes.shape import Shape, start

# Every name of a secret has one of these in it.
_HINTS = ("pass", "pwd", "secret", "token", "key", "cred", "salt", "pepper", "masterauth")
# The name's own letters: else the value of `url=DB_PASSWORD=x` would be lost.
_SAYS_SO = rf"(?=[\w.-]*?(?i:{'|'.join(_HINTS)}))"
_NAME = rf"(?<![\w.-]){_SAYS_SO}(?P<name>[\w.-]++)"
_QUOTE = r"(?:\\{0,7}[\"'`])?+\]?+"
_GIVEN = r"[ \t]*+(?:=>|:=|[?+]?=|:)[ \t]*+"
_FILE = re.compile(r".*\.[a-z]{1,5}")
_MORE = re.compile(r"\s[\w.-]{1,40}=")


def _is_secret(name: str) -> bool:
    return names_secret(name) if name.isupper() else names_secret_in_text(name)


def _is_given(match: re.Match[str]) -> bool:
    """In quotes, or for a whole block."""
    return _is_secret(match["name"]) and not is_reference(match["name"], match["secret"].strip())


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
    name, value = match["name"], match["secret"]
    return _is_secret(name) and not is_expression(name, value.strip()) and not _MORE.search(value)


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
        r"\bname[\"']?[ \t]*+[:=][ \t]*+[\"']?(?P<name>[\w.-]++)[\"']?,?\s++(?:- )?[\"']?value[\"']?[ \t]*+[:=][ \t]*+"
        r"(?P<quote>[\"']?)(?P<secret>[^\s\"']{4,}+|(?<=[\"'])[^\"'\n]+)",
        ("value",),
        "name: DB_PASSWORD\n  value: hunter2hunter2",
        "hunter2hunter2",
        _is_given,
    ),
    Shape(
        "value in escaped quotes",
        _NAME
        + r"(?:\\{1,7}[\"'])?+\]?+"
        + _GIVEN
        + r"(?P<quote>\\{1,7}[\"'])(?P<secret>[^\n]*?)(?:(?<!\\)(?P=quote)|$)",
        _HINTS,
        r"{\"password\": \"hunter2 hunter2\"}",
        "hunter2 hunter2",
        _is_given,
    ),
    *(
        Shape(
            f"value in {mark}",
            _NAME
            + _QUOTE
            + _GIVEN
            + rf"[bBrRuU]{{0,2}}+{mark}(?P<secret>(?:[^{mark}\\\n]|\\.)*+(?={mark})"  # on one line
            + rf"|[^{mark}]{{1,4000}}+(?={mark}[ \t,;]*+$)|[^{mark}\n]*+)",  # over several lines; never closed
            _HINTS,
            f"password: {mark}hunter2 hunter2{mark}",
            "hunter2 hunter2",
            _is_given,
        )
        for mark in "\"'`"
    ),
    Shape(
        "line of a file of settings",
        r"^[ \t]*+(?:(?:export|set|ENV|ARG|-|\+|>)[ \t]++)*+(?P<name>[\w.-]++)[\"']?"
        + _GIVEN
        + r"(?P<secret>[^\s\"'`][^\n]*+)$",
        _HINTS,
        "DB_PASSWORD=correct horse battery staple",
        "correct horse battery staple",
        _is_line,
    ),
    Shape(
        "ENV of a Dockerfile",
        r"^[ \t]*+ENV[ \t]++(?P<name>\w++)[ \t]++(?P<secret>[^\s=][^\n]*+)$",
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
        start(r"\w-") + r"--?(?P<name>[A-Za-z][\w-]*+)(?:[ \t]++|[\"'],?\s*+[\"'])(?P<quote>[\"']?)"
        r"(?P<secret>(?<=[\"'])[^\"'\n]++|(?!-)[^\s\"'`,;|&)]++)",
        _HINTS,
        "login --password hunter2hunter2 --user app",
        "hunter2hunter2",
        _is_given,
    ),
)
