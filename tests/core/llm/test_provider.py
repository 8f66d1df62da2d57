"""From settings to a model, over the wire."""

from pathlib import Path

import pytest

from core.llm.asking import CORE_FILES, GOOD, KEY, asked
from muster.core.errors import MusterError, SettingsError
from muster.core.health import Health, ask_health
from muster.core.llm.health import model_checks
from muster.core.llm.ports import Completed
from muster.core.llm.provider import build_model
from muster.core.settings import MusterSettings, load_settings
from muster.core.testing.openai_double import OpenAIDouble, echoes, fails, says


def settings_of(tmp_path: Path, **given: object) -> MusterSettings:
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    return load_settings(MusterSettings, env_file=file)


def test_without_a_provider_there_is_no_model(tmp_path: Path) -> None:
    assert build_model(settings_of(tmp_path), tmp_path, CORE_FILES) is None
    assert model_checks(settings_of(tmp_path), tmp_path) == ()


@pytest.mark.parametrize(
    "given",
    [
        {"LLM_PROVIDER": "vllm", "VLLM_BASE_URL": "{}/v1/"},
        {"LLM_PROVIDER": "openai", "OPENAI_BASE_URL": "{}/v1", "OPENAI_API_KEY": KEY},
        {"LLM_PROVIDER": "anthropic", "ANTHROPIC_BASE_URL": "{}", "ANTHROPIC_API_KEY": KEY},
    ],
    ids=["vllm", "openai", "anthropic"],
)
def test_the_settings_say_who_is_asked(tmp_path: Path, given: dict[str, str]) -> None:
    with OpenAIDouble(says(GOOD)) as double:
        settings = settings_of(tmp_path, **{name: value.format(double.address) for name, value in given.items()})
        model = build_model(settings, tmp_path, CORE_FILES)
        assert model is not None
        assert isinstance(asked(model), Completed)
    assert double.requests[0].body["model"] == str(settings.models[0]).partition(":")[2]


def test_fallbacks_are_asked_in_their_order(tmp_path: Path) -> None:
    with OpenAIDouble(fails(404), says(GOOD)) as double:
        settings = settings_of(
            tmp_path,
            LLM_PROVIDER="vllm",
            VLLM_BASE_URL=f"{double.address}/v1",
            LLM_FALLBACKS="vllm:Qwen/Qwen3-8B, vllm:Qwen/Qwen3-32B",
        )
        model = build_model(settings, tmp_path, CORE_FILES)
        assert model is not None
        asked(model)
    assert [request.body["model"] for request in double.requests] == ["Qwen/Qwen3-32B", "Qwen/Qwen3-8B"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"LLM_PROVIDER": "openai"}, "OPENAI_API_KEY is not set"),
        ({"LLM_PROVIDER": "anthropic"}, "ANTHROPIC_API_KEY is not set"),
        ({"LLM_PROVIDER": "vllm", "LLM_FALLBACKS": "openai:gpt-5"}, "OPENAI_API_KEY is not set"),
        ({"LLM_FALLBACKS": "vllm:Qwen/Qwen3-8B"}, "LLM_PROVIDER, which is asked first, is not"),
        ({"LLM_PROVIDER": "vllm", "LLM_FALLBACKS": "Qwen/Qwen3-8B"}, "LLM_FALLBACKS is wrong: 'Qwen/Qwen3-8B' is no"),
        ({"LLM_PROVIDER": "mistral"}, "LLM_PROVIDER is wrong"),
        ({"LLM_TEMPERATURE": "3"}, "LLM_TEMPERATURE is wrong"),
        ({"LLM_MAX_TOKENS": "0"}, "LLM_MAX_TOKENS is wrong"),
        ({"LLM_TIMEOUT_S": "0"}, "LLM_TIMEOUT_S is wrong"),
        ({"MAX_RUN_COST_USD": "-1"}, "MAX_RUN_COST_USD is wrong"),
        ({"VLLM_BASE_URL": "127.0.0.1:8000"}, "VLLM_BASE_URL is wrong"),
        ({"OPENAI_API_KEY": "'two words'"}, "OPENAI_API_KEY is wrong"),
    ],
)
def test_what_can_not_work_is_a_settings_error_that_names_it(tmp_path: Path, given: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        settings_of(tmp_path, **given)


def test_a_budget_needs_the_price_of_every_model(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, LLM_PROVIDER="vllm", MAX_RUN_COST_USD="1")
    with pytest.raises(SettingsError, match="the price of vllm:Qwen/Qwen3-32B is not known") as refused:
        build_model(settings, tmp_path, CORE_FILES)
    assert str(tmp_path / "prices.yaml") in refused.value.advice


def test_a_price_of_nothing_is_a_price(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(
        "- {provider: vllm, models: [Qwen/Qwen3-32B], since: 2020-01-01, input_usd: 0, output_usd: 0, source: ours}\n"
    )
    with OpenAIDouble(says(GOOD)) as double:
        settings = settings_of(
            tmp_path, LLM_PROVIDER="vllm", VLLM_BASE_URL=f"{double.address}/v1", MAX_RUN_COST_USD="0.01"
        )
        model = build_model(settings, tmp_path, CORE_FILES)
        assert model is not None
        assert asked(model).usage.cost_usd == 0.0


def test_a_key_of_the_settings_that_a_server_sends_back_is_in_no_error(tmp_path: Path) -> None:
    with OpenAIDouble(echoes(403)) as double:
        settings = settings_of(
            tmp_path, LLM_PROVIDER="openai", OPENAI_BASE_URL=f"{double.address}/v1", OPENAI_API_KEY=KEY
        )
        model = build_model(settings, tmp_path, CORE_FILES)
        assert model is not None
        with pytest.raises(MusterError) as refused:
            asked(model)
    assert "no access with" in str(refused.value)
    assert KEY not in str(refused.value)
    assert KEY not in repr(settings)
    assert KEY not in repr(vars(model))


def test_langsmiths_variables_send_nothing_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIDouble(says(GOOD)) as double, OpenAIDouble() as langsmith:
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", langsmith.address)
        monkeypatch.setenv("LANGSMITH_API_KEY", "ls-key")
        settings = settings_of(tmp_path, LLM_PROVIDER="vllm", VLLM_BASE_URL=f"{double.address}/v1")
        model = build_model(settings, tmp_path, CORE_FILES)
        assert model is not None
        asked(model)
    assert langsmith.requests == []


def health(tmp_path: Path, **given: object) -> Health:
    (check,) = model_checks(settings_of(tmp_path, **given), tmp_path)
    return ask_health(check)


def test_a_server_that_serves_the_model_is_well(tmp_path: Path) -> None:
    with OpenAIDouble() as double:
        found = health(tmp_path, LLM_PROVIDER="vllm", VLLM_BASE_URL=f"{double.address}/v1")
    assert found == Health("ok", detail=f"vLLM serves it at {double.address}/v1")


def test_claude_is_looked_for_at_anthropics_address(tmp_path: Path) -> None:
    with OpenAIDouble(models=("claude-haiku-4-5",)) as double:
        found = health(tmp_path, LLM_PROVIDER="anthropic", ANTHROPIC_BASE_URL=double.address, ANTHROPIC_API_KEY=KEY)
    assert found.ok


def test_a_server_of_another_model_names_what_it_serves(tmp_path: Path) -> None:
    with OpenAIDouble(models=("Qwen/Qwen3-8B",)) as double:
        found = health(tmp_path, LLM_PROVIDER="vllm", VLLM_BASE_URL=f"{double.address}/v1")
    assert not found.ok
    assert "VLLM_MODEL or LLM_FALLBACKS: Qwen/Qwen3-8B" in found.advice


def test_a_server_that_is_away_names_its_setting(tmp_path: Path) -> None:
    with OpenAIDouble() as double:
        address = double.address
    found = health(tmp_path, LLM_PROVIDER="vllm", VLLM_BASE_URL=f"{address}/v1")
    assert not found.ok
    assert "VLLM_BASE_URL" in found.advice


def test_a_budget_that_can_not_be_held_is_told_before_a_run_does(tmp_path: Path) -> None:
    with OpenAIDouble() as double:
        found = health(tmp_path, LLM_PROVIDER="vllm", VLLM_BASE_URL=f"{double.address}/v1", MAX_RUN_COST_USD="1")
    assert "MAX_RUN_COST_USD can't be held" in found.detail
