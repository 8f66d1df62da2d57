"""Who is asked about money."""

from aegis.walks import Walk, runtime
from muster.aegis.domain.budget.decide import Refused
from muster.aegis.nodes.budget import budget_gate
from muster.aegis.state import State


def test_what_the_budget_approves_itself_is_not_asked(walk: Walk, done: State) -> None:
    assert budget_gate(done, runtime(walk)) == {}


def test_nobody_is_asked_about_what_was_refused(walk: Walk, done: State) -> None:
    refused = Refused(subject="s", reason="above the hard limit")
    assert budget_gate(done.model_copy(update={"decision": refused}), runtime(walk)) == {}
