"""What the page about aegis shows is read as it says."""

import re
from pathlib import Path

from muster.aegis.domain.intent.parse import parse_intent
from muster.aegis.domain.intent.yaml_spec import read_yaml_spec

PAGE = (Path(__file__).parents[2] / "docs" / "aegis.md").read_text()


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_sentence_of_the_page_is_understood_whole() -> None:
    intent = parse_intent(re.findall(r"`([^`]+)`", section("What is read from words"))[0])
    assert intent.model
    assert (intent.not_understood, intent.contradictions) == ((), ())


def test_every_wish_of_the_page_is_understood() -> None:
    rows = [line for line in section("What is read from words").splitlines() if line.startswith("| ")][1:]
    wishes = [wish for row in rows for wish in re.findall(r"`([^`]+)`", row.split("|")[2])]
    assert len(wishes) > 30
    assert [wish for wish in wishes if parse_intent(wish).not_understood] == []


def test_the_spec_of_the_page_can_be_read() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", section("The spec"), re.DOTALL)
    assert read_yaml_spec(block).value("lora.rank") == 8
