from datetime import date

import pytest

from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.data.lengths import Lengths
from muster.aegis.domain.estimates import CostEstimate, Interval, Offer
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.cost import cheapest_that_fits, decide_fit, estimate_costs, fastest_under, memory_needed
from muster.aegis.profilers.prices import local_offer

TODAY = date(2026, 11, 21)
LENGTHS = Lengths(measured=1000, p50=200, p95=600, max=900, mean=250, seq_len=1024, cut=0, masked=0, trained_share=0.5)


def offer(gpu: str = "H100", usd: float = 3.0, **more: object) -> Offer:
    rest = {"provider": "Acme", "tier": "on-demand", "memory_gib": 79.6, "date": "2026-11-01", "source": "acme.example"}
    return Offer.model_validate({**rest, "gpu": gpu, "usd_per_hour": usd, **more})


def architecture() -> Architecture:
    read = read_architecture({
        "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
        "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
    })  # fmt: skip
    assert isinstance(read, Architecture)
    return read


def costs(*offers: Offer, attempts: int = 1, **spec: object) -> tuple[CostEstimate, ...]:
    whole = {"model": {"path": "m"}, "data": {"path": "d"}, "target": {"gpu": "H100"}, **spec}
    return estimate_costs(TrainingSpec.model_validate(whole), architecture(), 5000, LENGTHS, offers, TODAY, attempts)


def one(**spec: object) -> CostEstimate:
    return costs(offer(), **spec)[0]


@pytest.mark.parametrize(("there", "verdict"), [(30, "yes"), (29.9, "tight"), (20, "tight"), (19.9, "no")])
def test_it_fits_for_sure_only_where_the_upper_end_does(there, verdict):
    assert decide_fit(Interval(low=15, mid=20, high=30), there) == verdict


def test_dollars_are_hours_times_the_price():
    estimate = one()
    assert estimate.usd.mid == pytest.approx(estimate.seconds.mid / 3600 * 3.0)


def test_several_gpus_cost_several_prices():
    estimate = one(target={"gpu": "H100", "gpus": 4})
    assert estimate.usd.mid == pytest.approx(4 * 3.0 * estimate.seconds.mid / 3600)


def test_all_attempts_are_in_the_upper_end_alone():
    once, thrice = costs(offer())[0], costs(offer(), attempts=3)[0]
    assert thrice.usd.high == pytest.approx(3 * once.usd.high)
    assert thrice.usd.mid == once.usd.mid


def test_a_faster_gpu_takes_less_time():
    slow, fast = costs(offer("A100-80GB"), offer("H100"))
    assert fast.seconds.mid < slow.seconds.mid


def test_a_full_training_takes_longer_than_an_adapter():
    assert one(method="full").seconds.mid > one().seconds.mid


def test_checkpointing_takes_longer():
    assert one(shape={"gradient_checkpointing": True}).seconds.mid > one().seconds.mid


def test_preferences_take_more_than_twice_as_long():
    quick = {"evaluation": {"enabled": False}, "optimization": {"max_steps": 2000}}
    assert one(objective="dpo", **quick).seconds.mid > 2 * one(**quick).seconds.mid - 100


def test_max_steps_win_over_epochs():
    few = {"max_steps": 10, "epochs": 100.0}
    assert one(optimization=few).seconds.mid < one(optimization={"epochs": 1.0}).seconds.mid


def test_only_as_many_rows_as_the_spec_takes():
    assert one(data={"path": "d", "max_rows": 100}).seconds.mid < one().seconds.mid


def test_an_interval_is_in_order():
    seconds = one().seconds
    assert seconds.low < seconds.mid < seconds.high


def test_rows_shorter_than_the_limit_need_less_memory():
    spec = {"shape": {"seq_len": 8192}}
    short = one(**spec).memory_gib.mid
    packed = one(shape={"seq_len": 8192, "packing": True}).memory_gib.mid
    assert short < packed / 2


def test_ones_own_cpu_is_free_and_one():
    estimate = costs(local_offer(64), target={"gpu": "H100", "gpus": 8})[0]
    assert (estimate.usd.high, estimate.gpus) == (0.0, 1)


def test_a_gpu_of_unknown_speed_gets_no_estimate():
    assert costs(offer("MI300X")) == ()


def test_an_old_price_is_told():
    assert "days old" in costs(offer(date="2025-01-01"))[0].stale


def test_the_cheapest_is_the_one_that_surely_fits():
    estimates = costs(
        offer("T4", 0.1, memory_gib=15.0), offer("H200", 4.0, memory_gib=140.4), offer("H200", 9.0, memory_gib=140.4)
    )
    best = cheapest_that_fits(estimates)
    assert best is not None
    assert best.offer.usd_per_hour == 4.0


def test_a_spot_price_is_never_the_cheapest():
    estimates = costs(offer("H200", 1.0, memory_gib=140.4, tier="spot"), offer("H200", 4.0, memory_gib=140.4))
    best = cheapest_that_fits(estimates)
    assert best is not None
    assert best.offer.tier == "on-demand"


def test_nothing_is_cheapest_where_nothing_fits():
    assert cheapest_that_fits(costs(offer("T4", 0.1, memory_gib=15.0))) is None


def test_the_fastest_stays_in_the_budget_at_its_upper_end():
    estimates = costs(offer("B200", 60.0, memory_gib=178.4), offer("H200", 4.0, memory_gib=140.4))
    best = fastest_under(estimates, estimates[1].usd.high)
    assert best is not None
    assert best.offer.gpu == "H200"


def test_nothing_is_fastest_without_a_budget():
    assert fastest_under(costs(offer("H200", 4.0, memory_gib=140.4)), 0.0) is None


def test_of_those_that_are_as_fast_the_cheapest_is_named():
    estimates = costs(
        offer("H100", 6.0, memory_gib=140.4), offer("H200", 1.0, memory_gib=140.4), optimization={"max_steps": 1}
    )
    best = fastest_under(estimates, 100.0)
    assert best is not None
    assert best.offer.gpu == "H200"


def test_a_cpu_is_told_its_process_and_a_gpu_what_its_device_shows() -> None:
    spec = TrainingSpec.model_validate({"model": {"path": "m"}, "data": {"path": "d"}, "target": {"gpu": "cpu"}})
    on_gpu = spec.model_copy(update={"target": spec.target.model_copy(update={"gpu": "H100"})})
    assert [memory_needed(one, architecture(), LENGTHS).peak for one in (spec, on_gpu)] == ["process", "device"]


def test_rows_that_nobody_measured_are_taken_for_as_long_as_they_may_be() -> None:
    spec = TrainingSpec.model_validate({"model": {"path": "m"}, "data": {"path": "d"}, "shape": {"seq_len": 4096}})
    known, unknown = (memory_needed(spec, architecture(), one).total_gib.mid for one in (LENGTHS, None))
    assert known < unknown
