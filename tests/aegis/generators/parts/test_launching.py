import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, sys
from muster.aegis.generators.parts.launching import launch
if "RANK" not in os.environ:
    sys.exit(launch(2, os.environ))
open(os.environ["RANK"], "w").write(os.environ["WORLD_SIZE"] + os.environ["LOCAL_RANK"])
"""


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("", 0),
        ("sys.exit(3 if os.environ['RANK'] == '1' else 0)", 3),
        ("os.kill(os.getpid(), 9)", 137),
        ("import time; sys.exit(1) if os.environ['RANK'] == '1' else time.sleep(1000)", 1),
    ],
)
def test_the_status_is_that_of_the_first_that_failed(tmp_path: Path, end: str, status: int) -> None:
    (tmp_path / "script.py").write_text(SCRIPT + end)
    assert subprocess.run([sys.executable, "script.py"], cwd=tmp_path).returncode == status


def test_each_process_knows_its_rank(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    subprocess.run([sys.executable, "script.py"], cwd=tmp_path, check=True)
    assert [(tmp_path / rank).read_text() for rank in "01"] == ["20", "21"]
