"""The table of warnings in `docs/nomad.md` names each one, in the order of the list."""

from docs.console import ROOT
from docs.tables import codes, table
from muster.nomad.domain.hcl.warnings.registry import RULES, SYNTAX_RULES

PAGE = (ROOT / "docs" / "nomad.md").read_text(encoding="utf-8")


def test_every_warning_is_named() -> None:
    rows = table(PAGE, "| code | what is seen | what is right |")
    assert [codes(row[0])[0] for row in rows] == [rule.code for rule in (*RULES, *SYNTAX_RULES)]
