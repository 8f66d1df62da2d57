"""What the next attempt takes, and whether there is room for it."""

import pytest

from aegis.walks import Walk, runtime
from muster.aegis.domain.spec import Target
from muster.aegis.nodes.estimate import estimate_cost
from muster.aegis.state import State


def test_an_attempt_within_the_budget_is_approved(walk: Walk, done: State) -> None:
    decision = estimate_cost(done, runtime(walk))["decision"]
    assert decision is not None
    assert decision.kind == "approved"


def test_a_gpu_that_nobody_prices_is_refused(walk: Walk, done: State) -> None:
    assert done.spec is not None
    spec = done.spec.model_copy(update={"target": Target(executor="modal", gpu="H100")})
    assert "nobody can say" in estimate_cost(done.model_copy(update={"spec": spec}), runtime(walk))["halted"]


def test_what_was_spent_counts(walk: Walk, done: State) -> None:
    assert "above the hard limit" in estimate_cost(done.model_copy(update={"spent_usd": 2.5}), runtime(walk))["halted"]


def test_the_upper_bound_is_of_the_attempts_that_are_left(walk: Walk, done: State) -> None:
    assert done.first_spec is not None
    first = estimate_cost(done, runtime(walk))["estimate"]
    walk.max_attempts = 0
    last = estimate_cost(done, runtime(walk))["estimate"]
    assert first is not None
    assert last is not None
    assert first.seconds.high == pytest.approx(4 * last.seconds.high)
