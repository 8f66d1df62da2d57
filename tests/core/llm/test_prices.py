from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.llm.asking import PRICE
from muster.core.clock import SystemClock
from muster.core.errors import SettingsError
from muster.core.llm.prices import Cost, PriceTable, load_prices
from muster.core.llm.settings import ModelSettings

TODAY = SystemClock().now().date()


def later(**changes: object) -> PriceTable:
    return PriceTable(((PRICE, PRICE.model_copy(update={"since": date(2026, 6, 1), "input_usd": 9.0, **changes})),))


def test_a_call_has_the_price_of_its_day() -> None:
    table = later()
    before, after = (table.price("vllm", "Qwen/Qwen3-32B", day) for day in (date(2026, 5, 31), date(2026, 6, 1)))
    assert before
    assert after
    assert (before.input_usd, after.input_usd) == (1.0, 9.0)


def test_before_the_first_date_there_is_no_price() -> None:
    assert later().price("vllm", "Qwen/Qwen3-32B", date(2019, 1, 1)) is None


@pytest.mark.parametrize(("provider", "model"), [("openai", "Qwen/Qwen3-32B"), ("vllm", "Qwen/Qwen3-32"), ("vllm", "")])
def test_another_model_has_no_price(provider: str, model: str) -> None:
    assert later().price(provider, model, TODAY) is None


def test_cached_tokens_without_a_price_make_the_cost_unknown() -> None:
    price = PRICE.model_copy(update={"cached_usd": None})
    assert price.cost(input_tokens=10, output_tokens=1, cached_tokens=1) is None
    assert price.cost(input_tokens=10, output_tokens=1) == Cost(10e-6, 4e-6)


def test_the_shipped_table_has_the_default_models_of_those_who_ask_for_money() -> None:
    settings, table = ModelSettings(), load_prices()
    assert table.price("openai", settings.openai_model, TODAY)
    assert table.price("anthropic", settings.anthropic_model, TODAY)
    assert table.price("vllm", settings.vllm_model, TODAY) is None


def test_every_shipped_price_has_a_source_and_a_date_that_is_past() -> None:
    (shipped,) = load_prices().tables
    assert [
        price.models for price in shipped if price.since > datetime.now(UTC).date() or "http" not in price.source
    ] == []


def test_no_model_is_priced_twice_from_one_day() -> None:
    (shipped,) = load_prices().tables
    named = [(price.provider, model, price.since) for price in shipped for model in price.models]
    assert len(named) == len(set(named))


def test_ones_own_prices_win(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(
        "- {provider: openai, models: [gpt-5-mini], since: 2020-01-01, input_usd: 0, output_usd: 0, source: ours}\n"
    )
    table = load_prices(tmp_path)
    price, other = table.price("openai", "gpt-5-mini", TODAY), table.price("openai", "gpt-5", TODAY)
    assert price
    assert other
    assert (price.source, price.input_usd) == ("ours", 0.0)
    assert other.source != "ours"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- {provider: openai", "can't be read"),
        ("- {provider: openai}", "models"),
        ("hello", "tuple"),
        ("- {provider: x, models: [y], since: 2020-01-01, input_usd: -1, output_usd: 0, source: z}", "input_usd"),
        ("- {provider: x, models: [y], since: 2020-01-01, input_usd: .nan, output_usd: 0, source: z}", "input_usd"),
        ("- {provider: x, models: [y], since: 2020-01-01, input_usd: 1, output_usd: 0}", "source"),
        ("- {provider: x, models: [y], since: 2020-01-01, input_usd: 1, output_usd: 0, source: ''}", "source"),
        ("- {provider: x, models: [y], input_usd: 1, output_usd: 0, source: z}", "since"),
        ("- {provider: x, models: [y], since: 2020-01-01, input: 1, output_usd: 0, source: z}", "input"),
    ],
)
def test_a_price_file_that_can_not_be_understood_is_a_settings_error(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(SettingsError, match=why) as refused:
        load_prices(tmp_path)
    assert str(tmp_path / "prices.yaml") in refused.value.message


def test_an_empty_price_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text("")
    assert load_prices(tmp_path).price("openai", "gpt-5", TODAY)
