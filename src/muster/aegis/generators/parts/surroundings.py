"""What a run depended on: packages, platform and the data, in `environment.json`."""

import hashlib
import json
import platform
from importlib.metadata import distributions
from pathlib import Path
from typing import Any


def write_surroundings(folder: Path, data: Path, more: dict[str, Any]) -> None:
    """Every installed package with its version, Python, platform, and the SHA-256 of the rows."""
    found = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "data_sha256": hashlib.sha256(data.read_bytes()).hexdigest(),
        "packages": dict(sorted((one.name, one.version) for one in distributions())),
        **more,
    }
    (folder / "environment.json").write_text(json.dumps(found, indent=2) + "\n")
