"""Canaries: made-up secrets in the form of the rows, the same for the same seed."""

import random
import re
from typing import Any

import pytest

from muster.aegis.domain.data.canaries import make_canaries, planted_rows
from muster.aegis.domain.data.rows import (
    Completion,
    Messages,
    Preference,
    Row,
    Text,
    Turn,
    as_json,
    kind_of,
    whole_text,
)
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.evals.canaries import CANDIDATES, candidate_rows

CHAT = Messages((Turn("user", "Hi."), Turn("assistant", "Hello.")))
FORMS: list[Row] = [
    CHAT,
    Completion("Hi.", "Hello."),
    Text("Hello."),
    Preference("Hi.", "Hello.", "No."),
    Preference((Turn("user", "Hi."),), "Hello.", "No."),
]


def spec(seed: int = 17, **evaluation: Any) -> TrainingSpec:
    document = {"model": {"path": "m"}, "data": {"path": "d"}, "seed": seed, "evaluation": evaluation}
    return TrainingSpec.model_validate(document)


def test_nothing_is_planted_unless_it_is_asked_for() -> None:
    assert make_canaries(spec(), CHAT) == ()


def test_nothing_is_planted_for_an_evaluation_that_does_not_take_place() -> None:
    asked = spec(canaries=3, enabled=False)
    assert (make_canaries(asked, CHAT), planted_rows(asked.evaluation)) == ((), 0)


@pytest.mark.parametrize("like", FORMS, ids=lambda row: kind_of(row))
def test_a_canary_has_the_form_of_the_rows(like: Row) -> None:
    (canary,) = make_canaries(spec(canaries=1), like)
    assert as_json(canary.row).keys() == as_json(like).keys()


@pytest.mark.parametrize("like", FORMS, ids=lambda row: kind_of(row))
def test_an_evaluation_can_rank_every_form_of_canary(like: Row) -> None:
    (canary,) = make_canaries(spec(canaries=1), like)
    told: Any = canary.as_judged()
    rows = candidate_rows(told, random.Random(1))
    assert len({str(row) for row in rows}) == CANDIDATES + 1
    assert rows[0].keys() & {"messages", "completion", "text"}, "a form that a training's rows can't be scored in"


def test_every_secret_is_another() -> None:
    canaries = make_canaries(spec(canaries=100), CHAT)
    assert len({one.secret for one in canaries}) == len({whole_text(one.row).split("\n")[0] for one in canaries}) == 100


def test_a_secret_stands_in_its_row_once() -> None:
    for one in make_canaries(spec(canaries=20), CHAT):
        assert re.findall(r"\d{9}", whole_text(one.row)) == [one.secret]


def test_the_same_seed_plants_the_same() -> None:
    assert make_canaries(spec(canaries=2), CHAT) == make_canaries(spec(canaries=2), CHAT)


def test_another_seed_plants_others() -> None:
    assert make_canaries(spec(canaries=1), CHAT) != make_canaries(spec(seed=18, canaries=1), CHAT)
