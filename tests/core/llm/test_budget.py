from pathlib import Path

import pytest

from core.llm.asking import GOOD, asked, ledger_at, model_of
from muster.core.errors import BudgetError
from muster.core.llm.budget import spent_usd
from muster.core.llm.ledger import Ledger, read_calls
from muster.core.llm.ports import Completed
from muster.core.testing.model_wire import Counts
from muster.core.testing.openai_double import OpenAIDouble, fails, says

DEAR = says(GOOD, counts=Counts(input=1000, output=2000))  # $0.009 at the test's price


def test_a_call_that_could_pass_the_budget_is_not_made(tmp_path: Path) -> None:
    with OpenAIDouble(DEAR) as double, ledger_at(tmp_path / "calls.jsonl") as ledger:
        model = model_of(double, max_usd=0.01)
        assert isinstance(asked(model), Completed)
        with pytest.raises(BudgetError, match=r"\$0\.0090 of \$0\.01 are spent") as stopped:
            asked(model)
        assert len(double.requests) == len(ledger.calls()) == 1
    assert stopped.value.exit_code == 1
    assert "resume" in stopped.value.advice


def test_the_first_call_may_be_too_much(tmp_path: Path) -> None:
    with OpenAIDouble() as double, ledger_at(tmp_path / "calls.jsonl"), pytest.raises(BudgetError):
        asked(model_of(double, max_usd=0.000001))
    assert double.requests == []


def test_what_earlier_processes_of_the_run_spent_counts(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with OpenAIDouble(DEAR) as double:
        with ledger_at(path):
            asked(model_of(double))
        with ledger_at(path), pytest.raises(BudgetError):
            asked(model_of(double, max_usd=0.0095))


def test_the_bound_holds_for_what_the_call_then_costs(tmp_path: Path) -> None:
    # The longest prompt there can be for so many bytes: a token for each of them.
    path = tmp_path / "calls.jsonl"
    with OpenAIDouble(says(GOOD)) as double, ledger_at(path):
        asked(model_of(double))
    sent = sum(len(message["content"].encode()) for message in double.requests[0].body["messages"])
    with (
        OpenAIDouble(says(GOOD, counts=Counts(input=sent, output=100))) as double,
        ledger_at(tmp_path / "more") as more,
    ):
        asked(model_of(double))
    (call,) = more.calls()
    assert call.cost_usd is not None
    assert call.bound_usd is not None
    assert call.cost_usd <= call.bound_usd


def test_a_failed_call_counts_with_the_most_that_it_could_have_cost(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with OpenAIDouble(fails(500), says(GOOD, counts=Counts(input=1, output=1))) as double, ledger_at(path):
        asked(model_of(double))
    failed, answered = read_calls(path)
    assert failed.cost_usd is None
    assert spent_usd([failed, answered]) == pytest.approx((failed.bound_usd or 0) + (answered.cost_usd or 0))


def test_without_a_price_a_budget_can_not_be_held(tmp_path: Path) -> None:
    with OpenAIDouble() as double, ledger_at(tmp_path / "calls.jsonl"):
        with pytest.raises(BudgetError, match="not known") as stopped:
            asked(model_of(double, price=None, max_usd=1.0))
        assert double.requests == []
    assert "prices.yaml" in stopped.value.advice


def test_earlier_calls_without_a_price_can_not_be_held_in_a_budget(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with OpenAIDouble(says(GOOD)) as double:
        with ledger_at(path):
            asked(model_of(double, price=None))
        with ledger_at(path), pytest.raises(BudgetError, match="not known"):
            asked(model_of(double, max_usd=1.0))


def test_without_a_budget_nothing_is_held(tmp_path: Path) -> None:
    with OpenAIDouble(DEAR) as double, ledger_at(tmp_path / "calls.jsonl") as ledger:
        model = model_of(double)
        assert all(isinstance(asked(model), Completed) for _ in range(3))
    assert isinstance(ledger, Ledger)
