"""String functions."""

import re
from decimal import Decimal

from muster.nomad.domain.hcl.functions.signature import Function, FunctionError, function
from muster.nomad.domain.hcl.values import Value


def _substr(text: str, offset: Decimal, length: Decimal) -> Value:
    start = int(offset) if offset >= 0 else max(len(text) + int(offset), 0)
    return text[start:] if length < 0 else text[start : start + int(length)]


def _indent(spaces: Decimal, text: str) -> Value:
    return text.replace("\n", "\n" + " " * min(int(spaces), 1000))


def _replace(text: str, old: str, new: str) -> Value:
    return text.replace(old, new)


def _regex_replace(text: str, pattern: str, new: str) -> Value:
    # Go writes ${name} and $1 where Python writes \g<name>.
    replacement = re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new.replace("\\", r"\\"))
    try:
        return re.sub(pattern, replacement, text)
    except (re.error, IndexError) as error:
        raise FunctionError(f"invalid regular expression: {error}") from error


def _title(text: str) -> Value:
    return re.sub(r"(^|\s)(\S)", lambda match: match.group(1) + match.group(2).upper(), text)


def _join(separator: str, *lists: tuple[str, ...]) -> Value:
    return separator.join(item for each in lists for item in each)


def _split(separator: str, text: str) -> Value:
    return tuple(text.split(separator)) if separator else tuple(text)


def _length(text: str) -> Value:
    return Decimal(len(text))


def _reversed(text: str) -> Value:
    return text[::-1]


def _chomp(text: str) -> Value:
    return text.rstrip("\r\n")


TEXT_FUNCTIONS: dict[str, Function] = {
    "chomp": function(_chomp, "str: string"),
    "indent": function(_indent, "spaces: number", "str: string"),
    "join": function(_join, "separator: string", rest="lists: strings"),
    "lower": function(str.lower, "str: string"),
    "regex_replace": function(_regex_replace, "str: string", "pattern: string", "replace: string"),
    "replace": function(_replace, "str: string", "substr: string", "replace: string"),
    "split": function(_split, "separator: string", "str: string"),
    "strlen": function(_length, "str: string"),
    "strrev": function(_reversed, "str: string"),
    "substr": function(_substr, "str: string", "offset: number", "length: number"),
    "title": function(_title, "str: string"),
    "trim": function(str.strip, "str: string", "cutset: string"),
    "trimprefix": function(str.removeprefix, "str: string", "prefix: string"),
    "trimspace": function(str.strip, "str: string"),
    "trimsuffix": function(str.removesuffix, "str: string", "suffix: string"),
    "upper": function(str.upper, "str: string"),
}
