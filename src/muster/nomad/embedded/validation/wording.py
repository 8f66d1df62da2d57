"""How Go words what Nomad says: lists of errors, durations, quoted strings."""

from collections.abc import Iterable, Sequence

_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}
_SECOND_NS = 1_000_000_000


def broken(*rules: tuple[bool, str]) -> tuple[str, ...]:
    """The texts of the rules that are broken, in their order."""
    return tuple(text for is_broken, text in rules if is_broken)


def listed(errors: Sequence[str]) -> str:
    """Several errors as one text, as hashicorp/go-multierror prints them; an empty text for none."""
    if not errors:
        return ""
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    return f"{count} occurred:\n\t" + "\n\t".join(f"* {error}" for error in errors) + "\n\n"


def nested(errors: Sequence[str], prefix: str = "") -> tuple[str, ...]:
    """Several errors as at most one entry of an outer list, after `prefix`."""
    return (prefix + listed(errors),) if errors else ()


def warned(warnings: Sequence[str]) -> str:
    """The `Warnings` text of an answer; empty for none."""
    return f"{len(warnings)} warning(s):\n" + "".join(f"\n* {text}" for text in warnings) if warnings else ""


def quoted(value: str, *, ascii_only: bool = False) -> str:
    """A string as `%q` prints it, or `%+q` where only ASCII may stand."""
    return '"' + "".join(_escaped(char, ascii_only) for char in value) + '"'


def quoted_list(values: Iterable[str]) -> str:
    """A list of strings as `%q` prints it."""
    return "[" + " ".join(quoted(value) for value in values) + "]"


def _escaped(char: str, ascii_only: bool) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() and (char.isascii() or not ascii_only):
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def lasting(duration_ns: int) -> str:
    """A duration as Go prints it: `1h0m0s`, `1.5s`, `300ms`."""
    sign, rest = ("-", -duration_ns) if duration_ns < 0 else ("", duration_ns)
    if rest < _SECOND_NS:
        return sign + _below_a_second(rest)
    seconds, fraction = divmod(rest, _SECOND_NS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    spoken = f"{_trimmed(seconds, fraction, 9)}s"
    if hours or minutes:
        spoken = f"{minutes}m{spoken}"
    return sign + (f"{hours}h{spoken}" if hours else spoken)


def _below_a_second(rest_ns: int) -> str:
    for unit, digits in (("ms", 6), ("µs", 3)):
        if rest_ns >= 10**digits:
            return f"{_trimmed(*divmod(rest_ns, 10**digits), digits)}{unit}"
    return f"{rest_ns}ns" if rest_ns else "0s"


def _trimmed(whole: int, fraction: int, digits: int) -> str:
    return f"{whole}.{fraction:0{digits}d}".rstrip("0").rstrip(".") if fraction else str(whole)
