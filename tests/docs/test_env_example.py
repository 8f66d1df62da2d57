"""The example file of the environment names the settings of all agents, with their defaults."""

from docs.console import ROOT
from muster.aegis.settings import AegisSettings
from muster.core.settings import variable_names
from muster.nomad.settings import NomadSettings
from muster.threads.common.settings import ThreadsSettings

LINES = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
GIVEN = [tuple(line.removeprefix("# ").split("=", 1)) for line in LINES if "=" in line]
AGENTS = (NomadSettings, AegisSettings, ThreadsSettings)


def test_every_setting_of_every_agent_is_named_once_and_nothing_else() -> None:
    names = dict.fromkeys(name for agent in AGENTS for name in variable_names(agent))
    assert [name for name, _ in GIVEN] == list(names)


def test_defaults_are_given() -> None:
    first_wins = reversed(AGENTS)  # a variable of several agents stands where the first has it
    fields = {name.upper(): field for agent in first_wins for name, field in agent.model_fields.items()}
    for name, value in GIVEN:
        default = fields[name].default
        assert value == ("" if default is None else str(default)), name
