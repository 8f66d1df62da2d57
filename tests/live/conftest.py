"""These tests change a cluster: a NOMAD_ADDR in the shell is not enough, `-m live` has to be said too."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "live" in str(config.getoption("markexpr")):
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="a real cluster is only touched by `pytest -m live`"))
