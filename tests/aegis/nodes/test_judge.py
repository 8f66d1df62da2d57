"""The gate behind an evaluation, and the last step."""

from aegis.walks import Walk, runtime
from muster.aegis.domain.evaluation.measured import Measured, Measurement
from muster.aegis.nodes.judge import eval_gate, write_report
from muster.aegis.state import State

WORSE = Measurement(base=Measured(losses=(1.0,) * 28), tuned=Measured(losses=(3.0,) * 28))


def test_what_was_not_measured_is_not_judged(walk: Walk, done: State) -> None:
    assert "not judged" in eval_gate(done.model_copy(update={"measurement": None}), runtime(walk))["halted"]


def test_a_bad_judgement_proposes_another_training(walk: Walk, done: State) -> None:
    assert eval_gate(done.model_copy(update={"measurement": WORSE}), runtime(walk))["proposals"]


def test_of_a_given_artefact_nothing_is_proposed(walk: Walk, done: State) -> None:
    state = done.model_copy(update={"measurement": WORSE, "only_eval": True})
    assert eval_gate(state, runtime(walk))["proposals"] == []


def test_the_hashes_of_rows_and_artefact_are_kept(walk: Walk, done: State) -> None:
    assert {"train.jsonl", "eval.jsonl", "artefact"} <= set(write_report(done, runtime(walk))["hashes"])
