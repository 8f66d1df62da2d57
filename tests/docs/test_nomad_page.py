"""The tables of `docs/nomad.md` say what the code says: options, settings, sources, questions, sizes, failures, errors."""

import ast
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import typer

from docs.console import ROOT
from docs.tables import codes, source_rows, table
from muster.core import errors
from muster.core.settings import variable_names
from muster.nomad.agent import QUESTION_IDS
from muster.nomad.domain.extractors.registry import EXTRACTORS
from muster.nomad.domain.outcomes import CauseKind
from muster.nomad.domain.prompt.parse import parse_prompt
from muster.nomad.domain.repairs.propose import PROPOSERS
from muster.nomad.domain.review.kinds import KINDS
from muster.nomad.domain.workload import SIZES
from muster.nomad.main import app
from muster.nomad.settings import NomadSettings

PAGE = (ROOT / "docs" / "nomad.md").read_text(encoding="utf-8")
FAILURES = table(PAGE, "| cause | what is tried | what a human must do |")
FREE = "…"
"""Stands for what differs in a quoted message."""

SYMPTOMS = [
    message
    for found in re.finditer(r"^- (`.+?`): ", PAGE[PAGE.index("## Troubleshooting") :], re.MULTILINE | re.DOTALL)
    for message in codes(found[1])
]


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


COMMANDS = dict(commands(typer.main.get_command(app)))


def options_in_code() -> set[tuple[str, str]]:
    return {
        (option, name)
        for name, command in COMMANDS.items()
        for parameter in command.params
        if parameter.param_type_name == "option"
        for option in parameter.opts
    }


def options_on_page() -> set[tuple[str, str]]:
    rows = table(PAGE, "| option | of | meaning |")
    named = {(option, of.strip()) for row in rows for option in codes(row[0]) for of in row[1].split(",")}
    return named - {("--help", "every command")}


def texts_in_code() -> Iterator[str]:
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_option_is_named_with_its_commands() -> None:
    assert options_on_page() == options_in_code()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named(name: str) -> None:
    group, _, verb = name.rpartition(" ")
    named = [
        code.replace("\\|", "|")
        for row in table(PAGE, "| command | what it does | touches |")
        for code in codes(row[0])
    ]
    words = [code.split()[1:] for code in named if code.startswith("nomad-spec")]
    assert any(verb in part.split("|") for one in words for part in one if not group or group in one)


def test_every_setting_is_named_with_its_default() -> None:
    rows = table(PAGE, "| variable | default | meaning |")
    names = variable_names(NomadSettings)
    lines = [line.removeprefix("# ") for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line]
    given = [line for line in lines if line.split("=")[0] in names]
    assert [f"{codes(row[0])[0]}={''.join(codes(row[1]))}" for row in rows] == given
    assert [codes(row[0])[0] for row in rows] == list(names)


def test_every_extractor_is_named_in_its_order_with_what_it_looks_for() -> None:
    assert table(PAGE, "| source | looks for | reads at most |") == source_rows(EXTRACTORS)


def test_every_finding_of_the_review_is_named_with_its_severity_and_the_reason() -> None:
    rows = [(codes(row[0])[0], *row[1:]) for row in table(PAGE, "| finding | severity | why |")]
    assert rows == [(name, kind.severity, kind.why) for name, kind in KINDS.items()]


def test_every_question_is_named_by_its_id() -> None:
    ids = [
        re.sub(r"^(SERVICE|VARIABLE|GROUP)\.", "*.", codes(row[0])[0])
        for row in table(PAGE, "| id | asked | default |")
    ]
    assert sorted(ids) == sorted(QUESTION_IDS)


def test_every_wish_that_is_shown_is_understood() -> None:
    shown = [wish for row in table(PAGE, "| wish | such as |") for wish in codes(row[1])]
    assert [wish for wish in shown if not understood(wish)] == []


def understood(wish: str) -> bool:
    wishes = parse_prompt(wish)
    return not wishes.ignored and any(value for _, value in wishes)


def test_the_workload_classes_have_their_sizes() -> None:
    rows = table(PAGE, "| class | MHz | MB | for example |")
    assert {row[0]: (int(row[1]), int(row[2])) for row in rows} == SIZES


def test_every_kind_of_failure_is_named() -> None:
    assert [codes(row[0])[0] for row in FAILURES] == list(get_args(CauseKind))


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: row[0])
def test_something_is_tried_just_where_a_rule_proposes_it(row: tuple[str, ...]) -> None:
    assert row[1].startswith("nothing") == (codes(row[0])[0] not in dict(PROPOSERS))


def test_the_exit_codes_are_those_of_the_errors() -> None:
    rows = table(PAGE, "| code | meaning |")
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.MusterError)]
    assert {int(row[0]) for row in rows} == {0} | {one.exit_code for one in kinds}


def test_the_symptoms_are_messages_of_the_code() -> None:
    known = set(texts_in_code())
    parts = {part.strip() for message in SYMPTOMS for part in message.split(FREE) if len(part.strip()) > 1}
    assert len(SYMPTOMS) > 30
    assert sorted(part for part in parts if not any(part in text for text in known)) == []
