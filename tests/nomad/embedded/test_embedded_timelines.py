"""The embedded cluster tells each recorded timeline as the real one did, aspect by aspect."""

from typing import Any

import pytest
import yaml

from nomad.embedded.timeline_differences import differences
from nomad.embedded.timeline_stories import tell
from nomad.embedded.timelines import HERE, recorded_entries, simulated_entries, timeline_names
from shared_data import needs_shared

REASONS: dict[str, dict[str, str]] = yaml.safe_load((HERE / "differences.yaml").read_text())["timelines"]

pytestmark = needs_shared


@pytest.mark.parametrize("name", timeline_names())
def test_a_timeline_agrees_but_for_the_listed_aspects(name: str) -> None:
    found = differences(tell(recorded_entries(name)), tell(simulated_entries(name)))
    listed: dict[str, Any] = REASONS.get(name, {})
    unexplained = {aspect: lines for aspect, lines in found.items() if aspect not in listed}
    assert not unexplained
    assert listed.keys() <= found.keys(), "listed in differences.yaml, but it agrees"


def test_only_recorded_timelines_are_listed() -> None:
    assert REASONS.keys() <= set(timeline_names())


def test_a_timeline_is_told_twice_alike() -> None:
    assert simulated_entries("exit1") == simulated_entries("exit1")
