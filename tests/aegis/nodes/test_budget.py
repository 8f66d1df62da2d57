"""Who is asked about money."""

from pathlib import Path

import pytest
from langgraph.runtime import Runtime

from aegis.walks import Walk
from aegis.worlds import World
from muster.aegis.context import Context
from muster.aegis.domain.budget.decide import Refused
from muster.aegis.nodes.budget import budget_gate
from muster.aegis.state import State


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(World(tmp_path))


def runtime(walk: Walk) -> Runtime[Context]:
    return Runtime(context=walk.context())


@pytest.fixture
def done(walk: Walk) -> State:
    return walk.run()


def test_what_the_budget_approves_itself_is_not_asked(walk: Walk, done: State) -> None:
    assert budget_gate(done, runtime(walk)) == {}


def test_nobody_is_asked_about_what_was_refused(walk: Walk, done: State) -> None:
    refused = Refused(subject="s", reason="above the hard limit")
    assert budget_gate(done.model_copy(update={"decision": refused}), runtime(walk)) == {}
