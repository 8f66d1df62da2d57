"""Personal data and secrets in rows: what is trained on can be said again to anybody."""

import re
from collections.abc import Callable

Redact = Callable[[str], str]

LOOKED_AT = 20_000
"""Characters of a row."""

_EMAIL = re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+(?!example\b)[A-Za-z]{2,24}\b")
_EXAMPLE = re.compile(r"@(?:[\w-]+\.)*example\.(?:com|org|net)$|\.(?:invalid|test|example)$", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])\+\d{1,3}[ ()./-]{0,2}(?:\d[ ()./-]{0,2}){6,13}\d(?!\w)")
_CARD = re.compile(r"(?<![\w-])(?:\d[ -]?){12,18}\d(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_SSN = re.compile(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b")


def find_private(text: str, redact: Redact) -> tuple[str, ...]:
    """What kinds of personal data and secrets a text holds: `e-mail address`, `secret` ..., each once."""
    text = text[:LOOKED_AT]
    found = [name for name, holds in _HOLDS.items() if holds(text)]
    return (*found, *(("secret",) if redact(text) != text else ()))


def _email(text: str) -> bool:
    return any(not _EXAMPLE.search(found.group()) for found in _EMAIL.finditer(text))


def _card(text: str) -> bool:
    return any(_luhn(re.sub(r"\D", "", found.group())) for found in _CARD.finditer(text))


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812; a row of one digit is no card."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _iban(text: str) -> bool:
    return any(_mod_97(re.sub(" ", "", found.group())) for found in _IBAN.finditer(text))


def _mod_97(account: str) -> bool:
    """The check digits of ISO 13616: letters count from 10, the first four characters go to the end."""
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1


_HOLDS: dict[str, Callable[[str], bool]] = {
    "e-mail address": _email,
    "phone number": lambda text: _PHONE.search(text) is not None,
    "card number": _card,
    "bank account": _iban,
    "US social security number": lambda text: _SSN.search(text) is not None,
}
