"""Models in a persona's name, over HTTP on loopback: words, their cost, and every way in which there are none."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, SecretStr

from muster.core.errors import BudgetError, ServiceFailureError
from muster.core.llm.ports import Prompt
from muster.core.llm.prices import load_prices
from muster.core.llm.settings import ModelName
from muster.core.testing.clock import FakeClock
from muster.core.testing.model_wire import Counts
from muster.core.testing.openai_double import OpenAIDouble, fails, says
from muster.threads.common.correlation import HEADER, continued
from muster.threads.common.metric_serving import metrics_text
from muster.threads.common.openai_wrapper import ModelRefusedError, OfflineError, OpenAIWrapper, chosen_model
from muster.threads.common.personas import Persona, PersonaLimits, load_personas
from muster.threads.common.settings import ThreadsSettings
from threads.common.metric_samples import samples

PROMPT = Prompt("You are kind.", "Write a hook about rest.")
PERSONA = load_personas()["ai-jesus"]
COST = 120 * 2.5e-6 + 30 * 10e-6
"""Of what the double counts, at gpt-4o's price."""


FUTURE = datetime(2026, 11, 22, tzinfo=UTC)
"""All shipped prices hold by then."""


class Hook(BaseModel):
    hook: str


def settings_for(double: OpenAIDouble, **more: object) -> ThreadsSettings:
    given: dict[str, object] = {
        "openai_api_key": SecretStr("planted-key-0123456789"),
        "openai_base_url": f"{double.address}/v1",
        "vllm_base_url": f"{double.address}/v1",
        **more,
    }
    return ThreadsSettings.model_validate(given)


def wrapper(double: OpenAIDouble, **more: object) -> OpenAIWrapper:
    return OpenAIWrapper(settings_for(double, **more), clock=FakeClock(FUTURE), sleep=lambda _: None)


def persona(**changes: object) -> Persona:
    return PERSONA.model_copy(update=changes)


def test_words_come_with_tokens_and_dollars() -> None:
    with OpenAIDouble(says(" Rest is holy. ")) as double:
        written = wrapper(double).write(PERSONA, "hook", PROMPT)
    assert written.text == "Rest is holy."
    assert (written.use.model, written.use.phase) == ("gpt-4o", "hook")
    assert (written.use.input_tokens, written.use.output_tokens) == (120, 30)
    assert written.use.cost_usd == pytest.approx(COST)


def test_what_the_persona_is_told_and_asked_is_sent() -> None:
    with OpenAIDouble(says("x")) as double:
        wrapper(double).write(PERSONA, "body", PROMPT)
        body = double.requests[0].body
    assert body["model"] == "gpt-5-mini"
    assert [one["content"] for one in body["messages"]] == [PROMPT.instructions, PROMPT.material]
    assert "temperature" not in body


def test_a_schema_is_filled() -> None:
    with OpenAIDouble(says(json.dumps({"hook": "Rest."}))) as double:
        filled = wrapper(double).fill(PERSONA, "hook", PROMPT, Hook)
    assert filled.answer == Hook(hook="Rest.")
    assert filled.use.cost_usd == pytest.approx(COST)


def test_a_schema_that_is_not_filled_is_told() -> None:
    with OpenAIDouble(says("no json")) as double, pytest.raises(ModelRefusedError, match="did not fill the hook"):
        wrapper(double).fill(PERSONA, "hook", PROMPT, Hook)


@pytest.mark.parametrize("key", [None, SecretStr("test")])
def test_offline_nobody_is_asked(key: SecretStr | None) -> None:
    with OpenAIDouble(says("x")) as double:
        with pytest.raises(OfflineError, match="OPENAI_API_KEY"):
            wrapper(double, openai_api_key=key, lora_path="adapter").write(PERSONA, "body", PROMPT)
        assert double.requests == []


def test_an_adapter_of_vllm_is_asked_for_by_its_name() -> None:
    free = persona(limits=PersonaLimits(usd_per_day=1))
    with OpenAIDouble(says("x")) as double:
        settings = settings_for(double, lora_path="kind-lora")
        settings.muster_home.mkdir(parents=True)
        (settings.muster_home / "prices.yaml").write_text(
            "- {provider: vllm, models: [kind-lora], since: 2020-01-01, input_usd: 0, output_usd: 0, source: ours}"
        )
        written = OpenAIWrapper(settings).write(free, "body", PROMPT)
        assert double.requests[0].body["model"] == "kind-lora"
    assert written.use.cost_usd == 0


def test_a_model_of_unknown_price_is_not_asked() -> None:
    with OpenAIDouble(says("x")) as double:
        with pytest.raises(BudgetError, match="usd_per_day of ai-jesus can't be held"):
            wrapper(double, hook_model="gpt-unheard-of").write(PERSONA, "hook", PROMPT)
        assert double.requests == []


def test_the_dollars_of_a_day_end() -> None:
    poor = persona(limits=PersonaLimits(usd_per_day=0.05))
    with OpenAIDouble(says("x", counts=Counts(input=1000, output=2000))) as double:
        asking = wrapper(double)
        asking.write(poor, "hook", PROMPT)
        with pytest.raises(BudgetError, match="Raise usd_per_day of ai-jesus"):
            asking.write(poor, "hook", PROMPT)
        assert len(double.requests) == 1


def test_dollars_are_remembered_by_the_next_process() -> None:
    poor = persona(limits=PersonaLimits(usd_per_day=0.05))
    with OpenAIDouble(says("x", counts=Counts(input=1000, output=2000))) as double:
        wrapper(double).write(poor, "hook", PROMPT)
        with pytest.raises(BudgetError):
            wrapper(double).write(poor, "hook", PROMPT)


def test_the_next_day_has_dollars_again() -> None:
    poor, clock = persona(limits=PersonaLimits(usd_per_day=0.05)), FakeClock(FUTURE)
    with OpenAIDouble(says("x", counts=Counts(input=1000, output=2000))) as double:
        asking = OpenAIWrapper(settings_for(double), clock=clock)
        asking.write(poor, "hook", PROMPT)
        clock.advance(86_400)
        asking.write(poor, "hook", PROMPT)
        assert len(double.requests) == 2


def test_a_server_that_stays_busy_is_a_service_error() -> None:
    with OpenAIDouble(fails(503)) as double:
        with pytest.raises(ServiceFailureError):
            wrapper(double).write(PERSONA, "hook", PROMPT)
        assert len(double.requests) == 3


def test_a_request_that_is_rejected_is_not_worth_repeating() -> None:
    with OpenAIDouble(fails(400, "too long")) as double, pytest.raises(ModelRefusedError, match="too long"):
        wrapper(double).write(PERSONA, "hook", PROMPT)


@pytest.mark.parametrize(("ending", "said"), [("length", "cut off"), ("content_filter", "declined")])
def test_words_that_are_not_whole_are_none(ending: str, said: str) -> None:
    behaviour = says("half", ending="length" if ending == "length" else "content_filter")
    with OpenAIDouble(behaviour) as double, pytest.raises(ModelRefusedError, match=said):
        wrapper(double).write(PERSONA, "hook", PROMPT)


def test_silence_is_told() -> None:
    with OpenAIDouble(says("  ")) as double, pytest.raises(ModelRefusedError, match="was empty"):
        wrapper(double).write(PERSONA, "hook", PROMPT)


def test_the_call_of_a_model_carries_the_correlation_id() -> None:
    with OpenAIDouble(says("x")) as double:
        with continued({"correlation_id": "order-66"}):
            wrapper(double).write(PERSONA, "hook", PROMPT)
        assert double.requests[0].headers[HEADER.lower()] == "order-66"


def test_tokens_and_dollars_are_in_the_metrics() -> None:
    name = "llm_tokens_total{model=gpt-4o}"
    with OpenAIDouble(says("x")) as double:
        before = samples(metrics_text()).get(name, 0)
        wrapper(double).write(PERSONA, "hook", PROMPT)
    after = samples(metrics_text())
    assert after[name] - before == 150
    assert after["openai_cost_hourly_dollars{model=gpt-4o}"] >= COST


def test_the_default_models_have_a_price_today() -> None:
    settings, today = ThreadsSettings(), FUTURE.date()
    assert load_prices().price("openai", settings.hook_model, today) is not None
    assert load_prices().price("openai", settings.body_model, today) is not None


def test_a_persona_may_have_models_of_its_own() -> None:
    own = persona(hook_model="gpt-5", body_model="gpt-5-nano")
    assert chosen_model(ThreadsSettings(), own, "hook") == ModelName("openai", "gpt-5")
    assert chosen_model(ThreadsSettings(), own, "condense") == ModelName("openai", "gpt-5-nano")


def test_a_personas_model_wins_over_the_settings_adapter() -> None:
    own, settings = persona(body_model="gpt-5-nano"), ThreadsSettings(lora_path="common")
    assert chosen_model(settings, own, "body") == ModelName("openai", "gpt-5-nano")


def test_a_personas_adapter_wins_over_its_model() -> None:
    own = persona(lora="own", body_model="gpt-5-nano")
    assert chosen_model(ThreadsSettings(), own, "body") == ModelName("vllm", "own")


def test_a_personas_adapter_wins_over_the_settings() -> None:
    own, settings = persona(lora="own"), ThreadsSettings(lora_path="common")
    assert chosen_model(settings, own, "body") == ModelName("vllm", "own")
    assert chosen_model(settings, PERSONA, "body") == ModelName("vllm", "common")
    assert chosen_model(settings, own, "hook").provider == "openai"
