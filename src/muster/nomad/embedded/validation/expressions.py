"""What Nomad's parsers of versions, regular expressions and cron lines refuse, in their words."""

import re

from muster.nomad.embedded.validation.wording import broken

_PRE = r"[A-Za-z\-~]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*"
_TAIL = r"(\+[0-9A-Za-z\-~]+(\.[0-9A-Za-z\-~]+)*)?"
_NUMBERS = r"v?[0-9]+(\.[0-9]+)*(-[0-9]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*|"
_VERSION = re.compile(rf"\s*(=|!=|>|<|>=|<=|~>)?\s*{_NUMBERS}-?{_PRE})?{_TAIL}\s*")
_SEMVER = re.compile(rf"\s*(=|!=|>|<|>=|<=)?\s*{_NUMBERS}-{_PRE})?{_TAIL}\s*")


def version_error(constraint: str) -> str:
    """Why `constraint` is no version constraint (`>= 1.2, < 2`), or an empty text."""
    return _malformed(_VERSION, constraint)


def semver_error(constraint: str) -> str:
    """Why `constraint` is no constraint on a semantic version, or an empty text."""
    return _malformed(_SEMVER, constraint)


def _malformed(grammar: re.Pattern[str], constraint: str) -> str:
    wrong = [part for part in constraint.split(",") if not grammar.fullmatch(part)]
    return f"Malformed constraint: {wrong[0]}" if wrong else ""


_PERL_ONLY = re.compile(r"\(\?(?:[=!]|<[=!])")
_PYTHON_REASONS = (
    ("missing ), unterminated subpattern", "missing closing ): `{0}`"),
    ("unbalanced parenthesis", "unexpected ): `{0}`"),
    ("unterminated character set", "missing closing ]: `{1}`"),
    ("nothing to repeat", "missing argument to repetition operator: `{2}`"),
    ("multiple repeat", "invalid nested repetition operator: `{2}`"),
    ("bad escape (end of pattern)", "trailing backslash at end of expression: ``"),
    ("bad escape", "invalid escape sequence: `{3}`"),
)


def regexp_error(pattern: str) -> str:
    """Why Go's RE2 would refuse `pattern`, or an empty text; RE2 knows no look-around."""
    perl = _PERL_ONLY.search(pattern)
    if perl:
        return f"error parsing regexp: invalid or unsupported Perl syntax: `{perl.group()}`"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"error parsing regexp: {_go_reason(error.msg, pattern, error.pos or 0)}"
    return ""


def _go_reason(reason: str, pattern: str, at: int) -> str:
    parts = (pattern, pattern[at:], pattern[at : at + 1], pattern[at : at + 2])
    found = (words.format(*parts) for start, words in _PYTHON_REASONS if reason.startswith(start))
    return next(found, f"{reason}: `{pattern}`")


_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|september"
_DAYS = "sun|mon|tue|wed|thu|fri|sat|sunday|monday|tuesday|wednesday|thursday|friday|saturday"
_CRON_FIELDS = (
    ("second", r"0?[0-9]|[1-5][0-9]", 59, "$^"),
    ("minute", r"0?[0-9]|[1-5][0-9]", 59, "$^"),
    ("hour", r"0?[0-9]|1[0-9]|2[0-3]", 23, "$^"),
    ("day-of-month", r"0?[1-9]|[12][0-9]|3[01]", 31, r"l|lw|(?:%s)w"),
    ("month", rf"0?[1-9]|1[012]|{_MONTHS}|october|november|december", 12, "$^"),
    ("day-of-week", rf"0?[0-7]|{_DAYS}", 6, r"(?:%s)l|(?:%s)#[1-5]"),
    ("year", r"19[789][0-9]|20[0-9]{2}", 2099, "$^"),
)
_CRON_ALIASES = {
    "@yearly": "0 0 0 1 1 * *",
    "@annually": "0 0 0 1 1 * *",
    "@monthly": "0 0 0 1 * * *",
    "@weekly": "0 0 0 * * 0 *",
    "@daily": "0 0 0 * * * *",
    "@hourly": "0 0 * * * * *",
}


def cron_error(line: str) -> str:
    """Why `line` is no cron expression (5 to 7 fields or an alias), or an empty text."""
    for alias, meaning in _CRON_ALIASES.items():
        line = line.replace(alias, meaning)
    given = line.split()[:7]
    if len(given) < 5:
        return "missing field(s)"
    kinds = _CRON_FIELDS if len(given) == 7 else _CRON_FIELDS[1:]
    found = (_field_error(value, *kind) for value, kind in zip(given, kinds, strict=False))
    return next(filter(None, found), "")


def _field_error(field: str, name: str, value: str, largest: int, special: str) -> str:
    entries = [entry for entry in field.split(",") if entry]
    if not entries:
        return f"{name} field: missing directive"
    plain = re.compile(rf"[*?]|(?:\*|(?:{value})(?:-(?:{value}))?)/(?P<step>\d+)|(?:{value})(?:-(?:{value}))?")
    named = re.compile(special.replace("%s", value))
    matches = [(entry, plain.fullmatch(entry.lower())) for entry in entries]
    wrong_step = [entry.lower() for entry, match in matches if match and not _step_fits(match["step"], largest)]
    unknown = [entry for entry, match in matches if not match and not named.fullmatch(entry.lower())]
    said = broken(
        (bool(wrong_step), f"invalid interval {wrong_step[0] if wrong_step else ''}"),
        (bool(unknown), f"syntax error in {name} field: '{unknown[0] if unknown else ''}'"),
    )
    return said[0] if said else ""


def _step_fits(step: str | None, largest: int) -> bool:
    # a step is read from the same table as the values: up to 59, or a year
    return step is None or ((int(step) <= 59 or 1970 <= int(step) <= 2099) and 1 <= int(step) <= largest)
