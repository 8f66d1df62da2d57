"""Numbers as other trainers than transformers' print them, and sentences that only sound like them."""

import pytest

from muster.aegis.domain.failures.classify import diagnose_log
from muster.aegis.domain.failures.printed import find_losses

FORMS = [
    "iter {n}: loss {loss}, time 12.3ms",
    "step={n} train_loss={loss} grad_norm={loss}",
    "Epoch 1 step {n} | train loss {loss} | lr 2e-4",
    "2026-11-21 10:00:00,123 - INFO - [{n}/400] lm_loss: {loss}",
    "2026-11-21 10:00:00 INFO train/loss {loss} it/s 3.1 step {n}",
    '{{"step": {n}, "training_loss": {loss}}}',
]


def log(form: str, losses: list[str]) -> str:
    return "\n".join(form.format(n=number, loss=loss) for number, loss in enumerate(losses, 1))


@pytest.mark.parametrize("form", FORMS)
def test_a_loss_that_is_no_number_is_a_divergence_however_it_is_printed(form: str) -> None:
    found = diagnose_log(log(form, ["2.4", "9.8", "45", "nan"]))
    assert found
    assert found.kind == "numeric_divergence"


@pytest.mark.parametrize("form", FORMS)
def test_a_loss_that_explodes_is_a_divergence_however_it_is_printed(form: str) -> None:
    found = diagnose_log(log(form, ["2.4", "2.1", "1.9", "9.8", "45", "310", "900"]))
    assert found
    assert found.kind == "numeric_divergence"


@pytest.mark.parametrize("form", FORMS)
def test_a_loss_that_falls_is_none(form: str) -> None:
    assert diagnose_log(log(form, ["2.4", "2.1", "1.9", "1.7", "1.6", "1.5", "1.4"])) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "loss nan guard enabled",
        "step 1: loss nan guard enabled",
        "20 hooks, loss inf filter on",
        "the loss: information is logged every 10 steps",
        "will stop at loss nan",
        "epoch 3 eval loss nan",
        "step 3 val_loss=nan",
    ],
)
def test_words_and_losses_of_other_rows_are_no_number_of_a_step(sentence: str) -> None:
    assert not [*find_losses(sentence)]


def test_the_mean_of_a_whole_training_is_no_step() -> None:
    assert not [*find_losses("{'train_runtime': '10.2', 'train_loss': '0.57'}\n  train_loss = 0.57")]


def test_of_several_losses_in_a_line_one_is_taken() -> None:
    assert [one.loss for one in find_losses("step 1 ce_loss=1.0 kl_loss=9.0 loss=10.0")] == ["10.0"]


def test_a_gradient_before_its_loss_is_read_with_it() -> None:
    (one,) = find_losses("step 4 grad_norm=nan loss=0.0")
    assert (one.loss, one.grad) == ("0.0", "nan")


def test_what_a_training_of_that_form_survived_is_no_cause() -> None:
    survived = (
        'Traceback (most recent call last):\n  File "t.py", line 3, in a\n    x()\nMemoryError\niter 20: loss 1.9\n'
    )
    assert diagnose_log(survived) is None
