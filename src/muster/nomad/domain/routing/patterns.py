"""Patterns of hosts and paths, and whether some text fits two of them.

A pattern is a tuple of single letters, `ONE` (any letter) and `MANY` (any letters, also none). What a glob or a
regular expression can say beyond that is read as more than it fits: an overlap is told too often, never too seldom.
"""

import re

ONE, MANY = "any letter", "any letters"
Pattern = tuple[str, ...]

_GLOB = re.compile(r"\\(.)|(\*+|\{[^}]*\})|(\?|\[[^\]]*\])|(.)", re.DOTALL)
_NAMED = re.compile(r"\{[^{}:]*(?::(?:[^{}]|\{[^{}]*\})*)?\}")
_REGEXP = re.compile(r"(\[[^\]]+\](?:[+*?]|\{[\d,]+\})?|\.[+*])|\\([.-])|([\w-])(?![+*?{])|(\.)(?![+*?{])")


def literal(text: str) -> Pattern:
    """The text itself."""
    return tuple(text)


def beginning(text: str) -> Pattern:
    """Whatever begins with the text."""
    return (*text, MANY)


def glob(text: str) -> Pattern:
    """A glob: `*`, `?`, `[a-z]`, `{a,b}`; a `*` also fits dots and slashes, as Fabio has it."""
    return tuple(_glob_token(found) for found in _GLOB.finditer(text))


def regexp_glob(text: str) -> str | None:
    """A glob that fits what a plain regular expression for hosts does, `^.+\\.lab\\.test$`; None for any other one.

    `{name:[a-z]+}.lab.test` is Traefik 2's way to write it.
    """
    if "{" in text and _NAMED.search(text):
        glob_text = _NAMED.sub("*", text)
        return glob_text if re.fullmatch(r"[\w.*-]+", glob_text) else None
    start, end = "" if text.startswith("^") else "*", "" if text.endswith("$") else "*"
    rest, tokens = text.removeprefix("^").removesuffix("$"), list[str]()
    while rest:
        found = _REGEXP.match(rest)
        if found is None:
            return None
        tokens.append("*" if found[1] else "?" if found[4] else found[2] or found[3])
        rest = rest[found.end() :]
    return f"{start}{''.join(tokens)}{end}"


def meet(one: Pattern, other: Pattern) -> bool:
    """Whether some text fits both. Takes the product of their lengths in steps."""
    row = [index == 0 or all(token == MANY for token in other[:index]) for index in range(len(other) + 1)]
    for token in one:
        row = _next_row(row, token, other)
    return row[-1]


def _next_row(before: list[bool], token: str, other: Pattern) -> list[bool]:
    """For each beginning of `other`, whether it meets the first pattern's beginning that is longer by `token`."""
    row = [before[0] and token == MANY]
    for index, against in enumerate(other):
        if MANY in (token, against):
            row.append(row[index] if token == MANY and row[index] else _by_many(before, row, index, token, against))
        else:
            row.append(before[index] and (token == against or ONE in (token, against)))
    return row


def _by_many(before: list[bool], row: list[bool], index: int, token: str, against: str) -> bool:
    if token == MANY and before[index + 1]:
        return True
    return against == MANY and (before[index + 1] or row[index])


def _glob_token(found: re.Match[str]) -> str:
    if found[2]:
        return MANY
    return ONE if found[3] else found[1] or found[4]
