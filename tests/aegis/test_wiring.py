"""Which parser of intents a run has."""

from pathlib import Path
from typing import Any

import pytest

from muster.aegis.settings import AegisSettings, Options
from muster.aegis.tools.model_intent_parser import ModelIntentParser
from muster.aegis.tools.rules_intent_parser import RulesIntentParser
from muster.aegis.wiring import open_context


@pytest.mark.parametrize(("provider", "parser"), [("none", RulesIntentParser), ("vllm", ModelIntentParser)])
def test_words_are_read_by_rules_and_by_a_model_where_one_is_named(
    tmp_path: Path, provider: Any, parser: type[object]
) -> None:
    settings = AegisSettings(muster_home=tmp_path, llm_provider=provider)
    with open_context(settings, Options(), "r1") as context:
        assert isinstance(context.parser, parser)
