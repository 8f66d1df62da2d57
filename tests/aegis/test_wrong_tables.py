"""The measurements, called with a table that is none."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "aegis.py"


@pytest.mark.parametrize("content", [None, b"# a page", b"\xff\xfe", b"[" * 200_000, b"[]"])
def test_a_reference_that_is_no_table_is_refused_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "table"
    if content is not None:
        file.write_bytes(content)
    said = subprocess.run(
        [sys.executable, BENCH, "--reference", file], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (said.returncode, said.stderr.count("\n"), "Traceback" in said.stderr) == (2, 1, False)
