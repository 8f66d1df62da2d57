"""What the page about the content services says is what they have."""

from pathlib import Path

from typer.main import get_command

from docs.tables import codes, table
from muster.core.settings import MusterSettings
from muster.threads.common.settings import PORTS, ThreadsSettings
from muster.threads.main import app
from muster.threads.serving import SERVICES

PAGE = (Path(__file__).parents[2] / "docs" / "threads.md").read_text()


def command_names() -> set[str]:
    names: set[str] = set()
    for name, command in get_command(app).commands.items():
        below = getattr(command, "commands", None)
        names |= {f"{name} {one}" for one in below} if below else {name}
    return names


def test_every_command_is_in_the_table_and_nothing_else() -> None:
    named = {codes(row[0])[0].removeprefix("threads ") for row in table(PAGE, "| command | what it does |")}
    commands = command_names() - {"version"}
    assert {name for name in commands if any(f"{one} ".startswith(f"{name} ") for one in named)} == commands
    assert len(named) == len(commands)


def test_every_setting_is_named_once_with_its_default() -> None:
    rows = table(PAGE, "| setting | default | meaning |")
    given = {codes(row[0])[0]: "".join(codes(row[1])) for row in rows}
    common = MusterSettings.model_fields
    fields = ThreadsSettings.model_fields
    own = {name: one for name, one in fields.items() if name not in common or one.default != common[name].default}
    assert len(rows) == len(given)
    assert given == {name.upper(): "" if one.default is None else str(one.default) for name, one in own.items()}


def test_every_service_is_in_the_table_with_its_port() -> None:
    rows = table(PAGE, "| service | port | what it does |")
    assert {codes(row[0])[0]: int(row[1]) for row in rows if row[1]} == {name: PORTS[name] for name in SERVICES}
