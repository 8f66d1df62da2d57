"""Numbers as people write them: `2k`, `1,000`, `1e-4`, `three`, `$2.50`."""

import re

WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "a single": 1}
COUNT = rf"(\d{{1,3}}(?:,\d{{3}})+|\d{{1,12}}|{'|'.join(WORDS)})"
REAL = r"(\d{1,9}(?:\.\d{1,12})?(?:e[+-]?\d{1,3})?|\.\d{1,12})"
SHARE = r"((?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})(?:\s?%)?)"
THOUSANDS = r"(\d{1,7}(?:\.\d)?\s?k|\d{1,3}(?:,\d{3})+|\d{1,9})"
DOLLARS = r"(?:\$\s?(\d{1,9}(?:\.\d{1,4})?)|(\d{1,9}(?:\.\d{1,4})?)\s?(?:\$|usd\b|dollars?\b|bucks\b))"


def count(text: str) -> int:
    """A whole number."""
    return WORDS.get(text.lower()) or int(text.replace(",", ""))


def thousands(text: str, thousand: int) -> int:
    """`2k` is 2048 tokens and 2000 rows: `thousand` says which."""
    text = text.lower().replace(",", "").replace(" ", "")
    return round(float(text[:-1]) * thousand) if text.endswith("k") else int(text)


def dollars(found: re.Match[str]) -> float:
    """Of a match whose last two groups are those of DOLLARS."""
    groups = found.groups()
    return float(groups[-2] or groups[-1])


def share(text: str) -> float:
    """`10%` or `0.1`."""
    return float(text.rstrip("% ")) / 100 if text.endswith("%") else float(text)
