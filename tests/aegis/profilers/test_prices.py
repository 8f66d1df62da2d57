import json
from datetime import date

import pytest

from muster.aegis.domain.estimates import Offer
from muster.aegis.profilers.gpus import recognise_gpu
from muster.aegis.profilers.prices import local_offer, parse_prices, shipped_prices, staleness

TODAY = date(2026, 11, 21)
ROW = {
    "provider": "Acme", "gpu": "H100 SXM (p5.48xlarge /8)", "gpu_mem_gb": 80, "usd_per_gpu_hour": 3.5,
    "tier": "on-demand", "date": "2026-11-01", "source": "acme.example/prices",
}  # fmt: skip


def offer(**more: object) -> Offer:
    return parse_prices(json.dumps([{**ROW, **more}])).offers[0]


def problem(row: object) -> str:
    table = parse_prices(json.dumps([ROW, row]))
    assert len(table.offers) == 1
    return table.problems[0]


def test_every_price_that_ships_is_an_offer():
    table = shipped_prices()
    assert (len(table.offers), table.problems) == (87, ())


def test_conflicting_prices_are_both_kept():
    asked = {one.usd_per_hour for one in shipped_prices().offers if (one.provider, one.gpu) == ("AWS", "H100")}
    assert asked == {6.88, 12.29}


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("H100 SXM (p5.48xlarge /8)", "H100"),
        ("H100 PCIe", "H100-PCIe"),
        ("A100 80GB SXM", "A100-80GB"),
        ("A100-40GB", "A100-40GB"),
        ("L40/L40S/6000 Ada", "L40"),
        ("L40S", "L40S"),
        ("L4", "L4"),
        ("A10", "A10"),
        ("A10G", "A10G"),
        ("4090", "RTX-4090"),
        ("A6000/A40", "A40"),
        ("L4/A5000/3090", "RTX-3090"),
        ("Quadro RTX 6000", "Quadro-RTX-6000"),
    ],
)
def test_a_providers_text_is_recognised(told, name):
    found = recognise_gpu(told)
    assert found is not None
    assert found.name == name


def test_a_gpus_memory_tells_which_kind_it_is():
    assert offer(gpu="A100", gpu_mem_gb=40).gpu == "A100-40GB"


def test_a_gpu_with_less_memory_than_its_kind_has_less():
    assert offer(gpu="H100", gpu_mem_gb=40).memory_gib == 40


def test_an_unknown_gpu_is_none():
    assert recognise_gpu("MI300X") is None


@pytest.mark.parametrize("key", ["provider", "gpu", "gpu_mem_gb", "usd_per_gpu_hour", "tier", "date", "source"])
def test_a_missing_key_is_told_with_its_row(key):
    row = {name: value for name, value in ROW.items() if name != key}
    assert problem(row) == f"row 2: {key} is missing"


@pytest.mark.parametrize("price", [0, -1, 1001, 10**400, float("nan"), float("inf"), "3.5", True, [3.5]])
def test_an_impossible_price_is_a_problem(price):
    assert problem({**ROW, "usd_per_gpu_hour": price}).startswith("row 2: usd_per_gpu_hour is")


def test_a_misspelt_key_is_a_problem():
    assert "'usd'" in problem({**ROW, "usd": 3})


def test_a_gpu_of_unknown_speed_is_a_problem():
    assert "MI300X" in problem({**ROW, "gpu": "MI300X"})


def test_a_row_that_is_no_object_is_a_problem():
    assert problem([1, 2]) == "row 2: not an object"


def test_a_text_without_end_is_a_problem():
    assert "301 characters" in problem({**ROW, "note": "x" * 301})


@pytest.mark.parametrize("text", ["", "{}", "nonsense", "[" * 100_000, "1" * 5000, '"text"'])
def test_a_file_that_is_no_list_is_one_problem(text):
    table = parse_prices(text)
    assert (table.offers, len(table.problems)) == ((), 1)


@pytest.mark.parametrize("told", ["2026-11-01", "2026-09", "2026-08-23"])
def test_a_price_of_the_last_90_days_is_fresh(told):
    assert staleness(offer(date=told), TODAY) == ""


@pytest.mark.parametrize("told", ["2026-08-22", "2026-05", "2026 (undated)", "2026-Q2", "2024-Q4"])
def test_a_price_that_may_be_older_than_90_days_is_stale(told):
    assert "days old" in staleness(offer(date=told), TODAY)


@pytest.mark.parametrize("told", ["undated", "yesterday", "2026-13", "2026-02-31", "20261101"])
def test_a_price_without_a_date_is_told(told):
    assert staleness(offer(date=told), TODAY) == "the price has no date"


def test_a_price_from_the_future_is_told():
    assert "to come" in staleness(offer(date="2027-01-01"), TODAY)


def test_ones_own_machine_is_free_and_never_stale():
    own = local_offer(16)
    assert (own.usd_per_hour, own.gpu, staleness(own, TODAY)) == (0.0, "cpu", "")


def test_ones_own_machine_costs_what_a_setting_says():
    assert local_offer(16, usd_per_hour=0.2).usd_per_hour == 0.2


@pytest.mark.parametrize("tier", ["spot", "reserved block", "starting at", "GPU part only; looks like spot"])
def test_a_price_that_a_job_does_not_simply_get_is_not_firm(tier):
    assert not offer(tier=tier).firm


def test_an_on_demand_price_is_firm():
    assert offer(tier="on-demand, community cloud").firm
