"""What the Makefile runs."""

import re

from docs.console import ROOT


def test_no_training_shares_the_cores_with_other_tests() -> None:
    shared = re.findall(r"pytest \$\(PYTEST_FLAGS\).*", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert len(shared) == 2
    assert all('-m "not train"' in line for line in shared)
