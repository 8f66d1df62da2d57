"""Where the recorded truth lies: real servers' answers and public job files, beside the checkout."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir() and not os.environ.get("CI"),
    reason="the recordings (a folder `shared` beside the checkout) are absent; CI always has them",
)
