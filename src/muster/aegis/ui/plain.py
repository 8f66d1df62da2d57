"""Text of others on a page: Streamlit reads Markdown in labels, tables and messages, so none of it gets there bare.

Bodies go through `say` and `show_lines`, whose widgets read no Markdown; `escaped` is for labels, which all do.
"""

import re
from collections.abc import Iterable

import streamlit as st

from muster.core.console import visible
from muster.core.errors import MusterError
from muster.core.redaction import redact

_NAME = re.compile(r"(?!www\.)[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# `:smile:`, `:material/home:`, `https://`, `a@b.c` and `www.` are found behind Markdown, where no backslash is left.
_FOUND_LATER = re.compile(r"(:|@|ww(?=w))", re.IGNORECASE)
_BREAK = "\u200b"
_LABEL = 400
_BODY = 20_000


def say(text: str) -> None:
    """A text as it is."""
    st.text(shown(text), width="stretch")


def show_lines(lines: Iterable[str]) -> None:
    """Lines in a box, as they are; nothing where there are none."""
    text = shown("\n".join(lines))
    if text:
        st.code(text, language=None, wrap_lines=True)


def escaped(text: str) -> str:
    """One line that Markdown shows as it is."""
    line = " ".join(shown(text, _LABEL).split())
    if _NAME.fullmatch(line):  # as it is, for labels are read aloud too
        return line
    return _FOUND_LATER.sub(rf"\1{_BREAK}", _PUNCTUATION.sub(r"\\\1", line))


def shown(text: str, most: int = _BODY) -> str:
    """Redacted, control characters made visible, and cut to its end."""
    clean = visible(redact(text))
    return clean if len(clean) <= most else f"(cut) {clean[-most:]}"


def tell_error(error: MusterError) -> None:
    """What was wrong, and what to do."""
    st.error("That can't be done.")
    say(str(error))
