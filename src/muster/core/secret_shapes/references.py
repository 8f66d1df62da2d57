"""What stands where a secret's value would, and is none: a variable, a call, a type, a place, a mask."""

import re

from muster.core.secret_shapes.names import names_secret_in_text

SHORTEST = 4
"""Shorter values are words like `up`, and would leave holes in ordinary text."""

_FILLED_IN = re.compile(r"\$[{(A-Za-z_]|\{\{|<|\[redacted|%[({sdv]|\{\w*\}|#\{|@\w+@|\*{3}|\.{3}|x{4}|X{4}")
_CALL = re.compile(r"[A-Za-z_$][\w.$:]{0,100}(?:\(|\[(?:[\"'\w]|$))|(?:new|await|function|lambda|async|return)(?:\s|$)")
_SIGN = re.compile(r"[(\[{]|[&*!][A-Za-z_.]+\W*$|[|>][-+\d]*$|\\$")  # of code, of YAML, of a line that goes on
_CHAIN = re.compile(r"[A-Za-z_$][A-Za-z_$]*(?:\??(?:\.|::|->)[A-Za-z_$]+)+[]};,)]*")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[;,)]*")
_PLACE = re.compile(
    r"(?:~|\.{1,2}|local|secrets)?/[\w.@-]+(?:/[\w.@{}$-]*)*|https?://[^@\s]*"
    r"|(?:(?:vault|nomad-var):[^\s#,;)}\]]+#[\w.-]+|consul:\w[\w.-]*(?:/[\w.-]+)+)(?:[\s,;)}\]\\].*)?"
)
_SENTENCE = re.compile(
    r"(?:is|was|are|has|not|no|none|must|should|cannot|could|needs?|required|missing|invalid|unknown|field|value|input"
    r"|expected|asked|please)[,;]?+"
    r"(?:[ ]++\(?+(?:--)?+(?:[a-z]{1,15}+(?:[-'/_.][a-z]{1,15}+){0,5}+|\d{1,4}+)[.,;!?)]*+)++",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z_]\w{0,60}[?!]?[;,)]*")
_TYPES = re.compile(
    r"(?:true|false|yes|no|on|off|null|none|nil|undefined|string|str|text|varchar|bool|boolean|int|integer|number"
    r"|bytes?|any|object|optional|required|secretstr|unset|empty|default|self|this|required:?)(?![\w-])",
    re.IGNORECASE,
)


def is_reference(name: str, value: str) -> bool:
    """Whether the value of a secret's name, in quotes or not, is no value: `${X}`, `<your token>`, a place, a type."""
    if len(value) < SHORTEST or _FILLED_IN.match(value) or _is_a_count(name, value):
        return True
    return _is_word_for_it(name, value) or _PLACE.fullmatch(value) is not None


def is_expression(name: str, value: str) -> bool:
    """Whether a value without quotes is code: a call, a chain of names, a constant, or a type."""
    if is_reference(name, value) or _CHAIN.fullmatch(value) or _CONSTANT.fullmatch(value):
        return True
    return bool(_CALL.match(value) or _TYPES.match(value) or _SIGN.match(value))


def is_sentence(value: str) -> bool:
    """Whether the rest of a line says something of the name before it: `not set; give it`, `Field required`."""
    return _SENTENCE.fullmatch(value) is not None


def _is_word_for_it(name: str, value: str) -> bool:
    """`password=password`, `token: auth_token`, `secret = "SECRET"`, `type: string`."""
    if not _WORD.fullmatch(value):
        return False
    word = value.rstrip("?!;,)")
    return _TYPES.fullmatch(word) is not None or (names_secret_in_text(word) and not any(map(str.isdigit, word)))


def _is_a_count(name: str, value: str) -> bool:
    """`input_tokens: 4096`."""
    return name.lower().endswith("tokens") and value.rstrip(",").isdigit()
