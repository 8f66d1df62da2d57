"""What a job says of a model that it built without weights."""

import json
from typing import Any

import pytest

from muster.aegis.domain.architecture import Architecture, UnreadableConfig
from muster.aegis.profilers.counted import read_counted
from muster.aegis.profilers.setups import TrainingSetup
from muster.aegis.profilers.vram import COUNTED, estimate_memory

TOLD: dict[str, Any] = {
    "params": 100_000, "hidden": 96, "vocab": 512, "layers": 2, "heads": 4, "kv_heads": 2, "head_dim": None,
    "max_position": 512, "tied": True, "elements": 2000.0,
    "linears": [["fc1", 96, 200, True, 2], ["fc2", 200, 96, True, 2]],
}  # fmt: skip


def told(**changes: Any) -> bytes:
    return json.dumps({**TOLD, **changes}).encode()


def test_its_sizes_are_an_architecture() -> None:
    found = read_counted(told())
    assert isinstance(found, Architecture)
    assert (found.params, found.head_dim, found.linear_params) == (100_000, 24, 2 * (200 * 96 * 2 + 296))


def test_an_estimate_of_it_says_so() -> None:
    found = read_counted(told())
    assert isinstance(found, Architecture)
    assert COUNTED in estimate_memory(found, TrainingSetup()).notes


def test_its_interval_is_wider_than_that_of_a_known_family() -> None:
    found = read_counted(told())
    assert isinstance(found, Architecture)
    known = found.model_copy(update={"saved_elements": None})
    widths = [
        (one.high - one.low) / one.mid
        for one in (estimate_memory(a, TrainingSetup()).total_gib for a in (found, known))
    ]
    assert widths[0] > 1.5 * widths[1]


@pytest.mark.parametrize(
    "said",
    [
        b"", b"null", b"[" * 100_000, told(params=10**30), told(layers=0), told(elements=-1), told(elements="NaN"),
        told(linears=[]), told(linears=[["fc1", 10**20, 1, True, 1]]), told(hidden="96; rm -rf /"),
        told(params=10_000_000),
    ],
)  # fmt: skip
def test_what_no_model_is_gives_no_numbers(said: bytes) -> None:
    assert isinstance(read_counted(said), UnreadableConfig)
