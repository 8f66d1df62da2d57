"""Links in the documents lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.console import ROOT, documents

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def links() -> Iterator[tuple[Path, str]]:
    for document in documents():
        text = _FENCE.sub("", document.read_text(encoding="utf-8"))
        yield from ((document, found["target"]) for found in _LINK.finditer(text))


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("document", "target"), list(links()), ids=lambda value: str(getattr(value, "name", value)))
def test_a_link_leads_somewhere(document: Path, target: str) -> None:
    if re.match(r"[a-z]+:", target):
        return
    file, _, anchor = target.partition("#")
    found = (document.parent / file).resolve() if file else document
    assert found.exists()
    assert found.is_relative_to(ROOT)
    assert not anchor or anchor in anchors(found)
