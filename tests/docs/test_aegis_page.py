"""What the page about aegis shows is read as it says."""

import re
from pathlib import Path

from docs.console import ROOT
from docs.tables import codes, table
from muster.aegis.domain.intent.parse import parse_intent
from muster.aegis.domain.intent.yaml_spec import read_yaml_spec
from muster.aegis.graph import build_graph
from muster.aegis.main import app
from muster.aegis.settings import AegisSettings
from muster.core.settings import MusterSettings

PAGE = (Path(__file__).parents[2] / "docs" / "aegis.md").read_text()
EXECUTORS = (Path(__file__).parents[2] / "docs" / "aegis-executors.md").read_text()


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


def test_every_command_of_the_page_is_one_and_none_is_missing() -> None:
    named = {codes(row[0])[0].split()[1] for row in table(PAGE, "| command | what it does |")}
    commands = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    assert named == commands - {"version"}


def test_every_setting_of_aegis_is_named_once_with_its_default() -> None:
    rows = [row for page in (PAGE, EXECUTORS) for row in table(page, "| setting | default | meaning |")]
    given = {codes(row[0])[0]: "".join(codes(row[1])) for row in rows}
    own = {name: field for name, field in AegisSettings.model_fields.items() if name not in MusterSettings.model_fields}
    assert len(rows) == len(given)
    assert given == {name.upper(): "" if one.default is None else str(one.default) for name, one in own.items()}


def test_the_words_of_the_walk_are_understood_whole() -> None:
    asked = re.findall(r"aegis (?:plan|run) '([^']+)'", section("A walk"))
    assert asked
    assert [parse_intent(one).not_understood for one in asked] == [()] * len(asked)


def test_the_table_of_steps_is_the_graph() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [codes(row[0])[0] for row in table(page, "| step | reads | writes |")] == list(build_graph().nodes)
