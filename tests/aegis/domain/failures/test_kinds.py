"""Every class of failure has a meaning, an advice and a row in the documents."""

import re
from pathlib import Path

from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.failures.kinds import KINDS
from muster.aegis.domain.remediation.propose import PROPOSERS

ROW = re.compile(r"^\| `(?P<kind>\w+)` \| (?P<means>[^|]+) \| (?P<tried>[^|]*) ?\| (?P<advice>[^|]+) \|$", re.MULTILINE)
PAGE = Path(__file__).resolve().parents[4] / "docs" / "aegis.md"


def test_every_class_has_a_meaning() -> None:
    assert tuple(KINDS) == FailureKind.__args__


def test_the_documents_say_what_every_class_means_and_whether_something_is_tried() -> None:
    rows = {row["kind"]: row for row in ROW.finditer(PAGE.read_text())}
    assert {kind: (row["means"], row["advice"]) for kind, row in rows.items()} == {
        kind: (meaning.summary, meaning.advice) for kind, meaning in KINDS.items()
    }
    assert {kind for kind, row in rows.items() if row["tried"].strip()} == set(PROPOSERS)
