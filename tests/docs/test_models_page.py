"""`docs/models.md` says what the code does: how calls end, how costs are shown, how a price is written."""

import re
from pathlib import Path
from typing import get_args

import pytest

from app.test_costs import FIRST, UNCOUNTED, UNPRICED, write
from docs.console import ROOT
from muster.app.costs import show_costs
from muster.core.llm.ledger import UNBILLED, Outcome
from muster.core.llm.prices import load_prices

PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")


def named(after: str) -> list[str]:
    found = re.search(rf"{re.escape(after)}\s*\((.*?)\)", PAGE, re.DOTALL)
    assert found is not None
    return re.findall(r"`(.+?)`", found[1])


def test_every_way_that_a_call_ends_is_named() -> None:
    assert named("and how it ended") == list(get_args(Outcome))


def test_what_is_not_billed_is_named() -> None:
    assert frozenset(named("What a server refused")) == UNBILLED


def test_the_costs_that_are_shown_are_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path))
    write(tmp_path, FIRST, FIRST, UNPRICED, UNCOUNTED)
    show_costs("model", as_json=False)
    assert f"$ muster costs --by model\n{capsys.readouterr().out}```" in PAGE


def test_the_example_of_a_price_is_understood(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    (tmp_path / "prices.yaml").write_text(found[1])
    own, _ = load_prices(tmp_path).tables
    assert [price.source for price in own] == ["our own machine", "our contract"]
