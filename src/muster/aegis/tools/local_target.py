"""What this machine and the Python that trains on it can do, asked without importing torch."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import cast

from muster.aegis.domain.preflight.target_facts import TargetFacts

_ASK = (
    "import json; from importlib.metadata import distributions; "
    "print(json.dumps({d.metadata['Name']: d.version for d in distributions() if d.metadata['Name']}))"
)


def look_at_machine(python: str, outputs: Path) -> TargetFacts:
    """Packages of that Python, whether there is an NVIDIA device, and room beside `outputs`. What can't be found out
    stays unknown. The sandbox has no network."""
    return TargetFacts(
        cuda=None if Path("/dev/nvidia0").exists() else False,
        network=False,
        packages=_packages(python),
        free_mb=_free_mb(outputs),
    )


def _packages(python: str) -> dict[str, str]:
    try:
        said = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, check=True, timeout=60, env={}).stdout
        return cast(dict[str, str], json.loads(said))
    except (OSError, subprocess.SubprocessError, ValueError):
        return {}


def _free_mb(folder: Path) -> int | None:
    there = next((one for one in (folder, *folder.parents) if one.is_dir()), None)
    return shutil.disk_usage(there).free // 2**20 if there else None
