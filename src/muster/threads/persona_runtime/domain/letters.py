"""Letters behind their disguises: widths, accents, look-alikes of other scripts, digits for letters, hidden signs."""

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u00b4`", "'"))
_LOOK_ALIKES = str.maketrans(
    "авеёзкмнорстухіїјѕԁԛԝһӏαβεηικμνορτυχωɡıɑ", "abeeskmhopctyxiijsdqwhiabenikmnoptuxwgia"
)  # fmt: skip
"""Of Cyrillic, Greek and phonetic signs, after accents are off. Source: the part of Unicode's confusables that a
keyboard has."""
_LEET = str.maketrans(
    {"0": "o", "1": "i", "!": "i", "|": "i", "l": "i", "3": "e", "€": "e", "4": "a", "@": "a", "5": "s", "$": "s",
     "7": "t", "+": "t", "8": "b", "9": "g", "(": "c", "\u00df": "s"}
)  # fmt: skip
_RUN = re.compile(r"(.)\1+")
_BADGES = (range(0x1F130, 0x1F14A), range(0x1F150, 0x1F16A), range(0x1F170, 0x1F18A), range(0x1F1E6, 0x1F200))
"""Letters in squares, circles and flags; the compatibility forms of Unicode leave most of them as they are."""


def folded(text: str) -> str:
    """In small letters without accents, widths, invisible signs; what is a letter in a badge is that letter."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", "".join(map(_unbadged, text.translate(_APOSTROPHES))))
    kept = "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Me", "Cf"))
    return unicodedata.normalize("NFC", kept).casefold()


def skeleton(word: str) -> str:
    """What two spellings of a word have in common: look-alikes and digits as letters, other signs and repeats off.

    `i` and `l` are one here, since `1` may be either.
    """
    letters = (one for one in word.translate(_LOOK_ALIKES).translate(_LEET) if one.isalpha())
    return _RUN.sub(r"\1", "".join(letters))


def _unbadged(one: str) -> str:
    for letters in _BADGES:
        if ord(one) in letters:
            return chr(ord("a") + ord(one) - letters.start)
    return one
