"""The page publishes how much of what was recorded agrees, and why the rest does not."""

from docs.console import ROOT
from docs.tables import table
from nomad.embedded.api_coverage import differing, share
from shared_data import needs_shared

PAGE = (ROOT / "docs" / "nomad.md").read_text(encoding="utf-8")


@needs_shared
def test_the_share_on_the_page_is_what_the_replay_finds() -> None:
    found = share()
    said = f"All {found.recorded} recordings of Nomad 1.1.2's own endpoints are replayed: {found.agreeing} agree "
    assert f"{said}({found.percent:.1f} %)" in PAGE


def test_each_reason_is_on_the_page_with_its_count() -> None:
    rows = table(PAGE, "| why it differs | recordings |")
    assert {row[0]: int(row[1]) for row in rows} == differing()
