import time

import pytest

from core.llm.asking import GOOD, asked, model_of
from muster.core.errors import BudgetError, ServiceTimeoutError, UnreachableError
from muster.core.llm.fallback import FallbackModel
from muster.core.llm.ports import Completed, Unusable
from muster.core.llm.settings import ModelName
from muster.core.testing.openai_double import Behaviour, OpenAIDouble, fails, hangs, says

BIG, SMALL = ModelName("vllm", "Qwen/Qwen3-32B"), ModelName("vllm", "Qwen/Qwen3-8B")


def both(big: OpenAIDouble, small: OpenAIDouble, timeout_s: float = 20.0) -> FallbackModel:
    return FallbackModel({BIG: model_of(big, timeout_s=timeout_s), SMALL: model_of(small)})


def away() -> OpenAIDouble:
    with OpenAIDouble() as double:
        return double


@pytest.mark.parametrize("trouble", [hangs, fails(500), fails(401), fails(404)], ids=["slow", "500", "401", "404"])
def test_the_next_model_answers_when_the_first_does_not(trouble: Behaviour) -> None:
    with OpenAIDouble(trouble) as big, OpenAIDouble(says(GOOD)) as small:
        assert isinstance(asked(both(big, small, timeout_s=0.5 if trouble is hangs else 20.0)), Completed)


def test_the_first_model_answers_when_it_can() -> None:
    with OpenAIDouble(says(GOOD)) as big, OpenAIDouble(says(GOOD)) as small:
        asked(both(big, small))
    assert (len(big.requests), len(small.requests)) == (1, 0)


def test_a_model_that_was_away_is_not_asked_again_and_that_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with OpenAIDouble(fails(401)) as big, OpenAIDouble(says(GOOD)) as small:
        model = both(big, small)
        for _ in range(3):
            asked(model)
    assert (len(big.requests), len(small.requests)) == (1, 3)
    (told,) = caplog.messages
    assert "for the rest of this run vllm:Qwen/Qwen3-8B answers" in told


def test_an_unusable_answer_is_no_reason_to_ask_another() -> None:
    with OpenAIDouble(says("no")) as big, OpenAIDouble(says(GOOD)) as small:
        assert isinstance(asked(both(big, small)), Unusable)
    assert small.requests == []


def test_a_spent_budget_is_no_reason_to_ask_another() -> None:
    with OpenAIDouble() as big, OpenAIDouble(says(GOOD)) as small, pytest.raises(BudgetError):
        asked(FallbackModel({BIG: model_of(big, max_usd=1e-9), SMALL: model_of(small)}))
    assert small.requests == []


def test_when_all_are_away_the_last_one_says_so_with_advice(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UnreachableError, match="refused") as failed:
        asked(both(away(), away()))
    assert "VLLM_BASE_URL" in failed.value.advice
    assert "no model answers" in caplog.messages[-1]


def test_when_all_were_away_nobody_is_waited_for_again() -> None:
    with OpenAIDouble(hangs) as double:
        model = FallbackModel({BIG: model_of(double, timeout_s=0.5)})
        with pytest.raises(ServiceTimeoutError):
            asked(model)
        began = time.monotonic()
        with pytest.raises(ServiceTimeoutError):
            asked(model)
    assert time.monotonic() - began < 0.3
    assert len(double.requests) == 1
