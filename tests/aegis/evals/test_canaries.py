import random
import re

import pytest

from muster.aegis.evals.canaries import CANDIDATES, candidate_rows, exposure_bits

CANARY = {"row": {"prompt": "The code is ", "completion": 'AB-"12"xy'}, "secret": 'AB-"12"xy', "repeats": 2}


def test_the_first_of_512_has_nine_bits() -> None:
    assert exposure_bits([0.0, *[-1.0] * 511]) == 9


def test_the_last_has_none() -> None:
    assert exposure_bits([-2.0, *[-1.0] * 511]) == 0


def test_among_equals_half_are_before_it() -> None:
    assert exposure_bits([-1.0] * 3) == pytest.approx(0.585, abs=1e-3)  # log2(3 / 2)


def test_the_secret_comes_first_and_all_others_have_its_shape() -> None:
    rows = candidate_rows(CANARY, random.Random(1))
    assert rows[0] == CANARY["row"]
    secrets = [row["completion"] for row in rows]
    assert len(set(secrets)) == CANDIDATES + 1
    assert all(re.fullmatch(r'[A-Z]{2}-"[0-9]{2}"[a-z]{2}', secret) for secret in secrets)


def test_the_same_seed_gives_the_same_candidates() -> None:
    assert candidate_rows(CANARY, random.Random(1)) == candidate_rows(CANARY, random.Random(1))


def test_a_short_secret_has_as_many_as_there_are() -> None:
    rows = candidate_rows({"row": {"text": "pin 7"}, "secret": "7"}, random.Random(1))
    assert {row["text"] for row in rows} == {f"pin {digit}" for digit in range(10)}


def test_a_row_without_its_secret_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not hold its secret"):
        candidate_rows({"row": {"text": "pin"}, "secret": "7"}, random.Random(1))
