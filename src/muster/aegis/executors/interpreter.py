"""The Python that runs workloads: where it lies, and all that it needs to start."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from muster.core.errors import UsageError

_ASK = "import json, sys; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix]))"


@dataclass(frozen=True)
class Interpreter:
    """An executable and the folders it reads: its environment, and the installation that this was made of."""

    executable: str
    folders: tuple[str, ...]


def ask_interpreter(executable: str) -> Interpreter:
    """Run it once and let it say. Raises UsageError where it does not run."""
    try:
        said = subprocess.run([executable, "-I", "-c", _ASK], capture_output=True, check=True, timeout=60, env={})
        path, prefix, base = json.loads(said.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise UsageError(
            f"the Python that runs workloads does not run: {executable} ({error})",
            advice="Make the training environment with `make train-env`, or name another Python.",
        ) from error
    return Interpreter(path, tuple(dict.fromkeys(str(Path(folder).resolve()) for folder in (prefix, base))))
