"""The look before anything is spent."""

from pathlib import Path

import pytest
from langgraph.runtime import Runtime

from aegis.walks import Walk
from aegis.worlds import World
from muster.aegis.context import Context
from muster.aegis.nodes.preflight import preflight_inputs
from muster.aegis.state import State


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(World(tmp_path))


def runtime(walk: Walk) -> Runtime[Context]:
    return Runtime(context=walk.context())


@pytest.fixture
def done(walk: Walk) -> State:
    return walk.run()


def test_the_rows_themselves_stay_out_of_the_state(walk: Walk, done: State) -> None:
    inputs = preflight_inputs(done, runtime(walk))["inputs"]
    assert inputs is not None
    assert inputs.data.samples == ()


def test_an_error_ends_the_run(walk: Walk, done: State) -> None:
    walk.world.data.write_text("")
    assert "refused before anything was spent" in preflight_inputs(done, runtime(walk))["halted"]


def test_a_pad_token_that_is_the_end_is_told_as_a_warning(walk: Walk, done: State) -> None:
    walk.world.edit("tokenizer_config.json", pad_token="<eos>")
    update = preflight_inputs(done, runtime(walk))
    assert "halted" not in update
    assert any(one.kind == "warned" and "pad_token and eos_token" in one.text for one in update["events"])


def test_a_given_artefact_is_looked_at_too(walk: Walk, done: State) -> None:
    state = done.model_copy(update={"only_eval": True, "artefact": str(walk.world.folder / "nowhere")})
    assert "nowhere" in preflight_inputs(state, runtime(walk))["halted"]
