"""A walk over a world of fakes, and what it has come to."""

from pathlib import Path

import pytest

from aegis.walks import Walk
from aegis.worlds import World
from muster.aegis.state import State


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(World(tmp_path))


@pytest.fixture
def done(walk: Walk) -> State:
    return walk.run()
