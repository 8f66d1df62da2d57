"""How an attempt ended, and what it left."""

from aegis.walks import Walk, runtime
from muster.aegis.domain.workload import Ended
from muster.aegis.nodes.diagnose import diagnose_attempt
from muster.aegis.state import State


def trained(done: State, **changes: object) -> State:
    """Behind its training."""
    assert done.launch is not None
    launch = done.launch.model_copy(update={"name": "r1-train-1", "phase": "train"})
    return done.model_copy(update={"launch": launch, "collected": ["artefact/adapter_model.safetensors"], **changes})


def test_what_a_sound_training_left_is_taken(walk: Walk, done: State) -> None:
    update = diagnose_attempt(trained(done), runtime(walk))
    assert (update["diagnosis"], update["artefact"].endswith("r1-train-1/artefact")) == (None, True)


def test_a_sound_exit_that_left_nothing_is_a_failure(walk: Walk, done: State) -> None:
    update = diagnose_attempt(trained(done, collected=["metrics.jsonl"]), runtime(walk))
    assert update["diagnosis"] is not None
    assert "left no artefact" in update["diagnosis"].summary


def test_a_failure_gets_its_class_and_repairs(walk: Walk, done: State) -> None:
    update = diagnose_attempt(trained(done, ended=Ended(exit_status=137, oom_kills=1)), runtime(walk))
    assert update["diagnosis"] is not None
    assert update["diagnosis"].kind == "oom_killed"
    assert update["proposals"]


def test_of_a_given_artefact_no_training_is_proposed(walk: Walk, done: State) -> None:
    state = trained(done, ended=Ended(exit_status=137, oom_kills=1), only_eval=True)
    assert diagnose_attempt(state, runtime(walk))["proposals"] == []
