"""Numbers as people write them: `2k`, `1,000`, `1e-4`, `sixteen`, `a hundred`, `$1,500.50`.

A number is read whole or left unread: `WHOLE` is that none of it is left behind.
"""

import re

from muster.aegis.domain.intent.number_words import IN_WORDS, number_in_words

WHOLE = r"(?!\d|[.,]\d|e[+-]?\d)"
_GROUPED = r"\d{1,3}(?:,\d{3})+"
_DIGITS = rf"(?:{_GROUPED}|\d{{1,12}}){WHOLE}"
_THOUSANDS = rf"\d{{1,7}}(?:\.\d{{1,3}})?\s?k\b|{_DIGITS}"
COUNT = rf"({_THOUSANDS}|{IN_WORDS})"
REAL = rf"((?:\d{{1,9}}(?:\.\d{{1,12}})?(?:e[+-]?\d{{1,3}})?|\.\d{{1,12}}){WHOLE})"
SHARE = rf"((?:\d{{1,9}}(?:\.\d{{1,12}})?|\.\d{{1,12}}){WHOLE}(?:\s?%)?)"
_SUM = rf"(?:(?:{_GROUPED}|\d{{1,9}})(?:\.\d{{1,12}})?|\.\d{{1,12}}){WHOLE}(?:\s?k\b)?"
_NO_RATE = r"(?![\w%])(?!\s?/|\s(?:per|an?|each|every)\s(?:gpu|hour|run|epoch))"
_UNITS = r"(?:\$|usd\b|dollars?\b|bucks\b|cents?\b)"
DOLLARS = rf"((?:\$\s?{_SUM}|(?:{_SUM}|{IN_WORDS})\s?{_UNITS}){_NO_RATE})"
"""A sum, and no price of an hour."""


def count(text: str) -> int:
    """A whole number; `2k` is 2000."""
    return thousands(text, 1000)


def thousands(text: str, thousand: int) -> int:
    """`2k` is 2048 tokens and 2000 rows: `thousand` says which."""
    text = text.lower()
    if not text[0].isdigit():
        return number_in_words(text)
    text = text.replace(",", "").replace(" ", "")
    return round(float(text[:-1]) * thousand) if text.endswith("k") else int(text)


def dollars(found: re.Match[str]) -> float:
    """Of a match whose last group is that of DOLLARS."""
    text = found.groups()[-1].lower()
    amount = re.sub(r"\$|usd|dollars?|bucks|cents?", "", text).strip()
    if amount[0].isalpha():
        value = float(number_in_words(amount))
    else:
        digits = amount.replace(",", "").replace(" ", "")
        value = float(digits[:-1]) * 1000 if digits.endswith("k") else float(digits)
    return value / 100 if "cent" in text else value


def share(text: str) -> float:
    """`10%` or `0.1`."""
    return float(text.rstrip("% ")) / 100 if text.endswith("%") else float(text)
