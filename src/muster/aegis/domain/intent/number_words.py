"""Whole numbers in English words, below a million: `sixteen`, `two hundred and fifty`, `a thousand`, `a dozen`."""

import re

_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "dozen": 12, "thousand": 1000}
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)}))?|{'|'.join([*_TEENS, *_ONES])})"
_HUNDREDS = rf"(?:an?(?= (?:hundred|dozen|thousand)\b)|{_SMALL})(?: dozen| hundred(?:(?: and)? {_SMALL})?)?"
IN_WORDS = rf"(?:a single|{_HUNDREDS}(?: thousand(?:(?: and)? {_SMALL}(?: hundred)?)?)?)\b"


def number_in_words(text: str) -> int:
    """Of a text that IN_WORDS matches."""
    whole = part = 0
    for word in re.split(r"[ -]", text.lower()):
        if word == "thousand":
            whole, part = whole + part * 1000, 0
        elif word in _SCALES:
            part *= _SCALES[word]
        else:
            part += (_ONES | _TEENS | _TENS | {"a": 1, "an": 1}).get(word, 0)
    return whole + part or 1
