"""Ways to make a training cheaper: only what saves, what risks nothing first, within the attempts."""

from muster.aegis.domain.budget.optimize import propose_savings, saving_usd
from muster.aegis.domain.repairs import Forecast, SpecChange
from muster.aegis.domain.spec import DataRef, ModelRef, Target, TrainingSpec

SPEC = TrainingSpec(
    model=ModelRef(path="models/tiny"), data=DataRef(path="rows.jsonl"), target=Target(executor="modal", gpu="A100")
)
PER_HOUR = {"A100": 3.0, "L4": 0.8, "H100": 5.0}


def forecast(spec: TrainingSpec) -> Forecast | None:
    """An L4 takes 4-bit weights alone; packing halves the time, a spot machine the price."""
    if spec.target.gpu == "L4" and spec.method != "qlora":
        return None
    hours = spec.optimization.epochs * (0.5 if spec.shape.packing else 1.0) * (1.3 if spec.method == "qlora" else 1.0)
    usd = hours * PER_HOUR[spec.target.gpu] * (0.5 if spec.target.spot else 1.0)
    return Forecast(memory_gib=20, seconds=hours * 3600, usd=usd)


def test_what_risks_nothing_comes_first_then_the_largest_saving() -> None:
    found = propose_savings(SPEC, forecast, attempt=1, max_attempts=3, gpus=("L4", "H100"))
    assert [one.patch for one in found] == [
        SpecChange(packing=True), SpecChange(spot=True), SpecChange(method="qlora", gpu="L4"), SpecChange(epochs=2.0)
    ]  # fmt: skip
    assert [bool(one.quality_risk) for one in found] == [False, False, True, True]


def test_every_proposal_tells_what_it_saves_and_is_asked() -> None:
    found = propose_savings(SPEC, forecast, attempt=1, max_attempts=3)
    assert all(saving_usd(one) > 0 and f"${saving_usd(one):.2f}" in one.expected_effect for one in found)
    assert all(one.needs_answer for one in found)


def test_after_the_last_attempt_nothing_is_proposed() -> None:
    assert propose_savings(SPEC, forecast, attempt=3, max_attempts=3) == ()


def test_what_was_tried_is_not_proposed_again() -> None:
    found = propose_savings(SPEC, forecast, attempt=1, max_attempts=3)
    assert set(propose_savings(SPEC, forecast, attempt=2, max_attempts=3, tried=found[:1])) == set(found[1:])


def test_without_a_known_cost_nothing_is_claimed_to_save() -> None:
    assert propose_savings(SPEC, lambda _: None, attempt=1, max_attempts=3) == ()


def test_a_saving_below_a_cent_is_told_with_its_digits() -> None:
    def cheap(spec: TrainingSpec) -> Forecast | None:
        return Forecast(memory_gib=1, seconds=60, usd=0.0003 * spec.optimization.epochs)

    (fewer,) = propose_savings(SPEC, cheap, attempt=1, max_attempts=3)
    assert fewer.expected_effect.startswith("saves $0.0003; ")
