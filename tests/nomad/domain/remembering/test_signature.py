"""The words that failures have in common."""

import pytest

from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.remembering.signature import normalised, signature_of


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("alloc 8d2c7e1a-0b1c-4d2e-9f3a-1b2c3d4e5f60 failed", "alloc ID failed"),
        ("image sha256:aabbccddeeff00112233 not found", "image ID not found"),
        ("2026-01-02T03:04:05.678Z started", "TIME started"),
        ("at 03:04:05 it stopped", "at TIME it stopped"),
        ("connect 10.0.0.7:5432: refused", "connect ADDRESS: refused"),
        ("connect db.internal.example:5432: refused", "connect ADDRESS: refused"),
        ("killed at its limit of 128 MB", "killed at its limit of N MB"),
        ("GET /health HTTP/1.1 404", "GET /health HTTP/N N"),
    ],
)
def test_what_differs_each_time_is_left_out(text: str, same: str) -> None:
    assert normalised(text) == same


def test_two_applications_with_the_same_trouble_have_the_same_signature() -> None:
    def killed(name: str, at: int) -> Cause:
        text = f"{name}/{name} was killed at its limit of {at} MB"
        return Cause(kind="memory", remedy="rule", summary=text, group=name, task=name)

    assert signature_of(killed("shop", 128)) == signature_of(killed("billing-api", 512))


def test_the_kind_tells_signatures_apart() -> None:
    one = Cause(kind="crash", remedy="human", summary="it ended")
    assert signature_of(one) != signature_of(one.model_copy(update={"kind": "memory"}))


def test_a_name_inside_another_word_stays() -> None:
    cause = Cause(kind="crash", remedy="human", summary="web ended; see webhook", group="web", task="web")
    assert signature_of(cause) == "crash: TASK ended; see webhook"
