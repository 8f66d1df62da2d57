"""The tables of `docs/prompts.md` say what the code says."""

from docs.console import ROOT
from docs.tables import codes, table
from muster.aegis.prompt_uses import PROMPTS as AEGIS_PROMPTS
from muster.core.llm.prompt_uses import CORE_PROMPTS
from muster.nomad.prompt_cli import app
from muster.nomad.prompt_uses import PROMPTS

PAGE = (ROOT / "docs" / "prompts.md").read_text(encoding="utf-8")


def test_every_prompt_of_nomad_spec_is_named_with_its_variables() -> None:
    rows = table(PAGE, "| prompt of nomad-spec | what for | variables |")
    said = {codes(row[0])[0]: tuple(codes(row[2])) for row in rows}
    assert said == {use.name: use.variables for use in PROMPTS.uses}


def test_every_prompt_of_aegis_is_named_with_its_variables() -> None:
    rows = table(PAGE, "| prompt of aegis | what for | variables |")
    said = {codes(row[0])[0]: tuple(codes(row[2])) for row in rows}
    assert said == {use.name: use.variables for use in AEGIS_PROMPTS.uses}


def test_every_prompt_of_the_core_is_named_with_its_variables() -> None:
    rows = table(PAGE, "| prompt of the core | what for | variables |")
    said = {codes(row[0])[0]: tuple(codes(row[2])) for row in rows}
    assert said == {use.name: use.variables for use in CORE_PROMPTS.uses}


def test_every_part_is_named() -> None:
    parts = set(PROMPTS.folder.names()) - {use.name for use in PROMPTS.uses}
    assert all(f"`{part}`" in PAGE for part in parts)


def test_every_command_is_named() -> None:
    rows = table(PAGE, "| command | what it does |")
    declared = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert {codes(row[0])[0] for row in rows} == declared
