"""What each provider's server may answer, over HTTP on loopback, and what becomes of it."""

from pathlib import Path

import pytest

from core.llm.asking import GOOD, KEY, PROMPT, PROVIDERS, Workload, asked, ledger_at, model_of, outcomes
from muster.core.errors import (
    AccessDeniedError,
    ServiceError,
    ServiceFailureError,
    ServiceTimeoutError,
    TlsError,
    UnreachableError,
)
from muster.core.llm.ports import Completed, Unusable, Usage
from muster.core.llm.settings import ProviderName
from muster.core.testing.model_wire import Counts
from muster.core.testing.openai_double import (
    Behaviour,
    OpenAIDouble,
    answers,
    breaks_off,
    fails,
    hangs,
    hangs_up,
    late,
    rejects,
    says,
    streams,
    trickles,
)

each_provider = pytest.mark.parametrize("provider", PROVIDERS)
COUNTED = Usage(input_tokens=120, output_tokens=30, cost_usd=None)


def reason(model_answer: object) -> str:
    assert isinstance(model_answer, Unusable)
    return model_answer.reason


@each_provider
def test_an_answer_in_the_schema_is_a_value_of_it(provider: ProviderName) -> None:
    with OpenAIDouble(says(GOOD)) as double:
        answer = asked(model_of(double, provider, price=None))
    assert answer == Completed(Workload(kind="web", replicas=2), COUNTED)


@each_provider
def test_the_prompt_and_the_schema_are_sent(provider: ProviderName) -> None:
    with OpenAIDouble(says(GOOD)) as double:
        asked(model_of(double, provider))
    body = double.requests[0].body
    said = str(body["messages"]) + str(body.get("system"))
    assert PROMPT.instructions in said
    assert "EXPOSE 8000" in said
    assert "replicas" in str(body.get("response_format") or body.get("output_config"))
    assert body["stream"] is True
    assert body["temperature"] == 0.0
    assert 100 in (body.get("max_tokens"), body.get("max_completion_tokens"))


@each_provider
def test_the_key_is_sent(provider: ProviderName) -> None:
    with OpenAIDouble(says(GOOD)) as double:
        asked(model_of(double, provider))
    assert double.requests[0].headers["authorization"] == f"Bearer {KEY}"


@each_provider
def test_a_server_that_is_busy_is_asked_again_after_as_long_as_it_says(provider: ProviderName) -> None:
    pauses: list[float] = []
    with OpenAIDouble(fails(429, retry_after="3"), says(GOOD)) as double:
        answer = asked(model_of(double, provider, pauses=pauses))
    assert isinstance(answer, Completed)
    assert sum(pauses) == pytest.approx(3.0)


@each_provider
def test_a_server_error_is_tried_again(provider: ProviderName) -> None:
    pauses: list[float] = []
    with OpenAIDouble(fails(500), fails(503), says(GOOD)) as double:
        answer = asked(model_of(double, provider, pauses=pauses))
    assert isinstance(answer, Completed)
    assert sum(pauses) == pytest.approx(0.5 + 1.0)


@each_provider
def test_three_tries_are_all(provider: ProviderName) -> None:
    with OpenAIDouble(fails(500, "the GPU is on fire")) as double:
        with pytest.raises(ServiceFailureError, match="the GPU is on fire") as failed:
            asked(model_of(double, provider))
        assert len(double.requests) == 3
    assert failed.value.advice


def test_a_pause_beyond_the_time_out_is_not_waited_for() -> None:
    pauses: list[float] = []
    with OpenAIDouble(fails(429, retry_after="3600")) as double, pytest.raises(ServiceFailureError, match="429"):
        asked(model_of(double, pauses=pauses))
    assert pauses == []


def test_a_pause_may_be_given_as_a_date() -> None:
    pauses: list[float] = []
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    with OpenAIDouble(fails(429, retry_after=past), says(GOOD)) as double:
        assert isinstance(asked(model_of(double, pauses=pauses)), Completed)
    assert pauses == []


@each_provider
def test_a_wrong_key_is_told_with_its_setting_and_not_tried_again(provider: ProviderName) -> None:
    with OpenAIDouble(fails(401, "who are you")) as double:
        with pytest.raises(AccessDeniedError, match="who are you") as denied:
            asked(model_of(double, provider))
        assert len(double.requests) == 1
    assert f"{provider.upper()}_API_KEY" in denied.value.advice


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (hangs, ServiceTimeoutError),
        (late(5.0, says(GOOD)), ServiceTimeoutError),
        (trickles(GOOD, 0.3), ServiceTimeoutError),
        (hangs_up, ServiceError),
        (breaks_off(GOOD), UnreachableError),
        (answers("<html>hello"), ServiceFailureError),
        (answers('{"object": "chat.completion"}', content_type="application/json"), ServiceFailureError),
        (streams(), ServiceFailureError),
        (streams("data: {broken\n\n"), ServiceFailureError),
        (streams("data: [1, 2]\n\n"), ServiceFailureError),
        (streams('data: {"error": {"message": "overloaded", "type": "x"}}\n\n'), ServiceFailureError),
    ],
    ids=[
        "hangs",
        "slow first byte",
        "trickles",
        "hangs up",
        "breaks off",
        "HTML",
        "no stream",
        "empty stream",
        "broken JSON in the stream",
        "a list in the stream",
        "an error in the stream",
    ],
)
@each_provider
def test_no_answer_is_a_service_error_with_advice(
    provider: ProviderName, behaviour: Behaviour, kind: type[ServiceError]
) -> None:
    with OpenAIDouble(behaviour) as double, pytest.raises(kind) as failed:
        asked(model_of(double, provider, timeout_s=1.0))
    assert "Qwen/Qwen3-32B" in failed.value.message
    assert failed.value.advice


def test_a_last_try_that_runs_out_of_time_is_told_as_the_trouble_before_it() -> None:
    with OpenAIDouble(fails(500), hangs) as double, pytest.raises(ServiceFailureError, match="500"):
        asked(model_of(double, timeout_s=2.0))


@each_provider
def test_a_cut_connection_is_tried_again(provider: ProviderName) -> None:
    with OpenAIDouble(breaks_off(GOOD), says(GOOD)) as double:
        assert isinstance(asked(model_of(double, provider)), Completed)


@each_provider
def test_a_slow_first_byte_within_the_time_is_no_trouble(provider: ProviderName) -> None:
    with OpenAIDouble(late(0.5, says(GOOD))) as double:
        assert isinstance(asked(model_of(double, provider)), Completed)


@each_provider
def test_nobody_at_the_address_names_its_setting(provider: ProviderName) -> None:
    with OpenAIDouble() as double:
        model = model_of(double, provider)
    with pytest.raises(UnreachableError, match="refused") as away:
        asked(model)
    assert f"{provider.upper()}_BASE_URL" in away.value.advice


def test_an_unknown_host_is_unreachable(tmp_path: Path) -> None:
    class Elsewhere(OpenAIDouble):
        @property
        def address(self) -> str:
            return "http://models.invalid:1"

    with (
        Elsewhere() as double,
        ledger_at(tmp_path / "calls.jsonl") as ledger,
        pytest.raises(UnreachableError, match="not known"),
    ):
        asked(model_of(double))
    assert outcomes(ledger.calls()) == ["unreachable"]


def test_https_to_a_server_without_it_is_a_matter_of_tls() -> None:
    class Tls(OpenAIDouble):
        @property
        def address(self) -> str:
            return super().address.replace("http:", "https:")

    with Tls() as double, pytest.raises(TlsError) as failed:
        asked(model_of(double))
    assert "http or https" in failed.value.advice


@each_provider
def test_broken_json_is_shown_to_the_model_once(provider: ProviderName) -> None:
    with OpenAIDouble(says('{"kind": "web"'), says(GOOD)) as double:
        assert isinstance(asked(model_of(double, provider)), Completed)
    assert "can't be used: there is no JSON object in it" in str(double.requests[1].body["messages"][-1])


@each_provider
def test_an_answer_that_misses_the_schema_is_shown_to_the_model_with_what_is_wrong(provider: ProviderName) -> None:
    with OpenAIDouble(says('{"kind": "web", "replicas": 0}'), says(GOOD)) as double:
        answer = asked(model_of(double, provider, price=None))
    assert answer == Completed(Workload(kind="web", replicas=2), Usage(240, 60, None))
    *_, said, corrected = double.requests[1].body["messages"]
    assert '"replicas": 0' in str(said)
    assert "replicas: Input should be greater than or equal to 1" in str(corrected)


def test_the_log_says_why_an_answer_was_asked_for_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with OpenAIDouble(says('{"kind": "web", "replicas": 0}'), says(GOOD)) as double:
        asked(model_of(double))
    (told,) = [one.getMessage() for one in caplog.records if "asked again" in one.getMessage()]
    assert "replicas: Input should be greater than or equal to 1" in told


@each_provider
def test_a_second_answer_that_is_no_better_is_unusable(provider: ProviderName) -> None:
    with OpenAIDouble(says('{"kind": "web", "replicas": 0}')) as double:
        assert "replicas" in reason(asked(model_of(double, provider)))
        assert len(double.requests) == 2


@each_provider
@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (says(""), "it is empty"),
        (says("I would say it is a web server."), "there is no JSON object"),
        (says('{"kind": "we', ending="length"), "cut off"),
        (says('{"kind": web}'), "no JSON"),
        (says("{" * 5000 + "}" * 5000), "no JSON"),
    ],
    ids=["empty", "prose", "cut off", "broken", "deep"],
)
def test_an_unusable_answer_says_why(provider: ProviderName, behaviour: Behaviour, why: str) -> None:
    with OpenAIDouble(behaviour) as double:
        assert why in reason(asked(model_of(double, provider, max_tokens=1000)))


@each_provider
def test_a_model_that_declines_is_not_asked_twice(provider: ProviderName) -> None:
    with OpenAIDouble(says("I won't help with that.", ending="refusal")) as double:
        assert reason(asked(model_of(double, provider))) == "the model declined: I won't help with that."
        assert len(double.requests) == 1


def test_a_content_filter_declines() -> None:
    with OpenAIDouble(says("", ending="content_filter")) as double:
        assert reason(asked(model_of(double))) == "the model declined: without a word"


@pytest.mark.parametrize(
    "text",
    [f"```json\n{GOOD}\n```", f"<think>{{maybe}} a batch job?</think>\n{GOOD}", f"Here it is: {GOOD} Anything else?"],
)
def test_what_stands_around_the_json_falls_away(text: str) -> None:
    with OpenAIDouble(says(text)) as double:
        assert isinstance(asked(model_of(double)), Completed)


@pytest.mark.parametrize("option", ["response_format", "temperature"])
def test_an_option_that_the_server_rejects_is_left_out_from_then_on(option: str) -> None:
    with OpenAIDouble(rejects(option, says(GOOD))) as double:
        model = model_of(double)
        assert isinstance(asked(model), Completed)
        assert isinstance(asked(model), Completed)
        assert [option in request.body for request in double.requests] == [True, False, False]


def test_claude_without_structured_outputs_is_asked_without_the_schema() -> None:
    with OpenAIDouble(rejects("output_config", says(GOOD))) as double:
        assert isinstance(asked(model_of(double, "anthropic")), Completed)


@each_provider
def test_a_request_that_the_server_rejects_altogether_is_unusable(provider: ProviderName) -> None:
    with OpenAIDouble(fails(400, "the context is too long")) as double:
        assert "the context is too long" in reason(asked(model_of(double, provider)))
        assert len(double.requests) == 1


@each_provider
def test_tokens_that_nobody_counted_are_not_known(provider: ProviderName) -> None:
    with OpenAIDouble(says(GOOD, counts=None)) as double:
        answer = asked(model_of(double, provider))
    assert answer.usage == Usage(None, None, None)


def test_cached_tokens_have_their_own_price() -> None:
    with OpenAIDouble(says(GOOD, counts=Counts(input=1_000_000, output=0, cached=900_000))) as double:
        answer = asked(model_of(double))
    assert answer.usage.cost_usd == pytest.approx(0.1 + 0.09)


def test_an_answer_without_end_is_stopped() -> None:
    with OpenAIDouble(says("x" * 50_000)) as double, pytest.raises(ServiceFailureError, match="beyond all bounds"):
        asked(model_of(double))
