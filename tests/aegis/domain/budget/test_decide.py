"""The budget's decision: three ways, one sum over all attempts, used once, and never above the hard limit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from muster.aegis.domain.budget.decide import (
    Approved,
    Ask,
    Choice,
    Optimize,
    Permit,
    Refused,
    answer,
    decide_budget,
    subject_of,
    use_approval,
)
from muster.aegis.domain.estimates import Interval
from muster.aegis.domain.spec import Budget, DataRef, ModelRef, TrainingSpec

SPEC = TrainingSpec(model=ModelRef(path="models/tiny"), data=DataRef(path="rows.jsonl"))
BUDGET = Budget(soft_usd=1, max_usd=5)
FIRST = subject_of(SPEC, 1)


def sure(usd: float) -> Interval:
    return Interval(low=usd, mid=usd, high=usd)


@pytest.mark.parametrize(
    ("usd", "spent", "kind"),
    [(1, 0, "approved"), (1.01, 0, "ask"), (5, 0, "ask"), (5.01, 0, "refused"), (0.5, 0.6, "ask"), (0.5, 4.6, "refused"), (0, 0, "approved")],
)  # fmt: skip
def test_below_approves_between_asks_above_refuses_over_all_attempts(usd: float, spent: float, kind: str) -> None:
    assert decide_budget(sure(usd), spent, BUDGET, subject=FIRST).kind == kind


def test_the_upper_bound_decides_whether_nobody_is_asked() -> None:
    assert isinstance(decide_budget(Interval(low=0.5, mid=0.9, high=1.2), 0, BUDGET, subject=FIRST), Ask)


def test_a_question_says_that_a_longer_run_is_stopped_at_the_hard_limit() -> None:
    decision = decide_budget(Interval(low=3, mid=4, high=6), 0, BUDGET, subject=FIRST)
    assert isinstance(decision, Ask)
    assert "it is stopped before $5.00" in decision.reason


@pytest.mark.parametrize("usd", [float("nan"), float("inf"), -1.0])
def test_a_cost_that_nobody_knows_is_refused(usd: float) -> None:
    assert isinstance(decide_budget(sure(usd), 0, BUDGET, subject=FIRST), Refused)


@pytest.mark.parametrize("spent", [float("nan"), -0.01])
def test_money_spent_is_an_amount(spent: float) -> None:
    with pytest.raises(ValueError, match="no amount"):
        decide_budget(sure(1), spent, BUDGET, subject=FIRST)


def test_a_soft_limit_above_the_hard_one_decides_nothing_though_smuggled_past_its_check() -> None:
    with pytest.raises(ValidationError):
        decide_budget(sure(7), 0, BUDGET.model_copy(update={"soft_usd": 9.0}), subject=FIRST)


@given(soft=st.floats(0, 100), hard=st.floats(0, 100))
def test_a_soft_limit_above_the_hard_one_can_not_be_built(soft: float, hard: float) -> None:
    if soft > hard:
        with pytest.raises(ValidationError):
            Budget(soft_usd=soft, max_usd=hard)
    else:
        assert Budget(soft_usd=soft, max_usd=hard).soft_usd <= hard


def test_another_attempt_or_spec_is_another_subject() -> None:
    longer = SPEC.model_copy(update={"optimization": SPEC.optimization.model_copy(update={"epochs": 4.0})})
    assert len({FIRST, subject_of(SPEC, 2), subject_of(longer, 1)}) == 3


def test_an_approval_is_used_once() -> None:
    approved = Approved(subject=FIRST, reason="cheap")
    assert isinstance(use_approval(approved, FIRST, used=frozenset(), spent_usd=0, budget=BUDGET), Permit)
    again = use_approval(approved, FIRST, used=frozenset({FIRST}), spent_usd=0, budget=BUDGET)
    assert isinstance(again, Refused)


def test_an_approval_of_something_else_permits_nothing() -> None:
    approved = Approved(subject=FIRST, reason="cheap")
    other = use_approval(approved, subject_of(SPEC, 2), used=frozenset(), spent_usd=0, budget=BUDGET)
    assert isinstance(other, Refused)


def test_nothing_runs_without_a_decision() -> None:
    assert isinstance(use_approval(None, FIRST, used=frozenset(), spent_usd=0, budget=BUDGET), Refused)


def test_a_question_becomes_what_a_person_chose() -> None:
    ask = Ask(subject=FIRST, reason="dear")
    assert answer(ask, "approve") == Approved(subject=FIRST, by="person", reason="dear")
    assert answer(ask, "optimize") == Optimize(subject=FIRST)
    assert isinstance(answer(ask, "cancel"), Refused)


@settings(max_examples=300, deadline=None)
@given(
    limits=st.tuples(st.floats(0, 20), st.floats(0, 20)).map(sorted),
    attempts=st.lists(
        st.tuples(st.floats(0, 20), st.floats(1, 4), st.floats(0, 2), st.sampled_from(Choice.__args__)), max_size=8
    ),
)
def test_no_path_spends_more_than_the_hard_limit(
    limits: list[float], attempts: list[tuple[float, float, float, Choice]]
) -> None:
    budget = Budget(soft_usd=limits[0], max_usd=limits[1])
    spent, used = 0.0, frozenset[str]()
    for number, (usd, width, truth, choice) in enumerate(attempts):
        subject = subject_of(SPEC, number)
        decision = decide_budget(Interval(low=0, mid=usd, high=usd * width), spent, budget, subject=subject)
        decision = answer(decision, choice) if isinstance(decision, Ask) else decision
        approved = decision if isinstance(decision, Approved) else None
        permit = use_approval(approved, subject, used=used, spent_usd=spent, budget=budget)
        if isinstance(permit, Permit):
            assert isinstance(decision, Approved)
            used |= {subject}
            spent += min(usd * truth, permit.max_usd)
        assert spent <= budget.max_usd * (1 + 1e-12)
