import signal
from collections.abc import Iterator

import pytest

from muster.aegis.generators.parts.stopping import Stop


@pytest.fixture
def left() -> Iterator[list[str]]:
    before = signal.getsignal(signal.SIGTERM)
    yield []
    signal.signal(signal.SIGTERM, before)


def test_while_training_a_signal_is_noted_and_nothing_else(left: list[str]) -> None:
    stop = Stop(lambda: left.append("left"))
    stop.training = True
    signal.raise_signal(signal.SIGTERM)
    assert stop.asked
    assert not left
