import hashlib
import json
import platform
from pathlib import Path

from muster.aegis.generators.parts.surroundings import write_surroundings


def test_packages_python_and_the_data_are_told(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_bytes(b"rows")
    write_surroundings(tmp_path, tmp_path / "data.jsonl", {"seed": 3})
    told = json.loads((tmp_path / "environment.json").read_text())
    assert "pydantic" in told["packages"]
    assert (told["python"], told["seed"]) == (platform.python_version(), 3)
    assert told["data_sha256"] == hashlib.sha256(b"rows").hexdigest()
