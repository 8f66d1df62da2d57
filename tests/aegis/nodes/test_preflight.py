"""The look before anything is spent."""

from aegis.walks import Walk, runtime
from aegis.worlds import CHATS, PACKAGES
from muster.aegis.nodes.preflight import preflight_inputs
from muster.aegis.state import State
from muster.aegis.tools.local_inputs import LocalInputs


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


def test_equal_rows_of_which_none_is_held_out_are_refused(walk: Walk, done: State) -> None:
    walk.world.rows([CHATS[0]] * 50)
    halted = preflight_inputs(done, runtime(walk))["halted"]
    assert "all 50 rows would be trained on, and none held out to evaluate on" in halted


def test_rows_of_which_none_is_trained_on_are_refused(walk: Walk, done: State) -> None:
    update = preflight_inputs(held_out_alone(walk, done), runtime(walk))
    assert "the one row would be held out, and none trained on" in update["halted"]


def test_one_row_is_enough_for_an_evaluation_alone(walk: Walk, done: State) -> None:
    asked = held_out_alone(walk, done).model_copy(update={"only_eval": True})
    update = preflight_inputs(asked, runtime(walk))
    assert not any("none trained on" in one.text for one in update["events"])


def held_out_alone(walk: Walk, done: State) -> State:
    """One row, with a seed by which it is held out."""
    walk.world.rows([CHATS[0]])
    assert done.spec
    data = done.spec.data.model_copy(update={"eval_share": 0.5})
    seeds = (done.spec.model_copy(update={"data": data, "seed": seed}) for seed in range(100))
    return done.model_copy(update={"spec": next(one for one in seeds if LocalInputs().data(one).eval_rows)})


def test_a_task_that_is_missing_is_refused_before_the_training(walk: Walk, done: State) -> None:
    update = preflight_inputs(evaluated_by(done, "nowhere.yaml"), runtime(walk))
    assert "the task 'nowhere.yaml' can't be read" in update["halted"]


def test_a_task_without_lm_eval_where_it_runs_is_refused(walk: Walk) -> None:
    walk.world.about(packages={name: version for name, version in PACKAGES.items() if name != "lm_eval"})
    walk.world.ask(evaluation={"tasks": ["task.yaml"]})
    assert any(one.text.startswith("lm-eval is not installed") for one in walk.world.problems())


def test_a_task_of_an_evaluation_that_is_not_asked_for_is_not_looked_at(walk: Walk, done: State) -> None:
    assert "halted" not in preflight_inputs(evaluated_by(done, "nowhere.yaml", enabled=False), runtime(walk))


def evaluated_by(done: State, task: str, *, enabled: bool = True) -> State:
    assert done.spec
    evaluation = done.spec.evaluation.model_copy(update={"tasks": (task,), "enabled": enabled})
    return done.model_copy(update={"spec": done.spec.model_copy(update={"evaluation": evaluation})})


def test_a_value_that_is_fitted_to_the_model_is_told_with_its_reason(walk: Walk) -> None:
    told = [one.text for one in walk.run().events if one.node == "preflight_inputs" and one.kind == "decided"]
    assert "shape.seq_len is 256: the model was built for 256 positions" in told


def test_no_event_tells_a_default_that_is_not_trained_by(walk: Walk) -> None:
    details = "\n".join(one.detail for one in walk.run().events)
    assert "seq_len 256" in details
    assert "seq_len 1024" not in details


def test_a_given_artefact_is_looked_at_too(walk: Walk, done: State) -> None:
    state = done.model_copy(update={"only_eval": True, "artefact": str(walk.world.folder / "nowhere")})
    assert "nowhere" in preflight_inputs(state, runtime(walk))["halted"]
