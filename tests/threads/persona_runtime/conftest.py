"""The guardrail, loaded once: its rules and its model take a while."""

import pytest

from muster.threads.persona_runtime.guardrail import Guardrail
from muster.threads.persona_runtime.rule_files import load_rules
from muster.threads.persona_runtime.toxicity import ToxicityModel


@pytest.fixture(scope="session")
def guardrail() -> Guardrail:
    return Guardrail(load_rules(), ToxicityModel())
