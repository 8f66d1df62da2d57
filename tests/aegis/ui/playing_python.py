"""Plays trainings and evaluations in the place of their scripts, for a page's test: metrics, an artefact, numbers.

`make_python` makes a Python of it: asked what it is and what it has installed, it answers; given a script, it plays.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HOSTILE = "<script>alert(1)</script> ![x](http://127.0.0.1:1/x.png) $x^2$ :material/home: **bold**"
STEPS = 12


def make_python(folder: Path, packages: dict[str, str]) -> Path:
    """An executable below the folder, readable by the nobody that root's sandbox runs as."""
    python = folder / "bin/python"
    python.parent.mkdir(parents=True)
    (folder / "play.py").write_text(Path(__file__).read_text())
    real = Path(sys.base_prefix).resolve() / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    itself = json.dumps([str(python), str(folder), str(Path(sys.base_prefix).resolve())])
    python.write_text(
        "#!/bin/sh\n"
        'case "$3" in\n'
        f"*base_prefix*) echo '{itself}';;\n"
        f"*distributions*) echo '{json.dumps(packages)}';;\n"
        f'*) if [ "$1" = "-I" ]; then exec {real} "$@"; else exec {real} {folder}/play.py; fi;;\n'
        "esac\n"
    )
    for item in (folder, python.parent, folder / "play.py", python):
        item.chmod(0o755)
    return python


def _tell(event: str = "", step: int = 0, **more: object) -> None:
    line = {"at": datetime.now(UTC).isoformat(), "step": step, "event": event, "tokens": 100 * step}
    with Path("outputs/metrics.jsonl").open("a") as file:
        file.write(json.dumps(line | {"memory_mb": 300 + 9 * step} | more) + "\n")


def _train() -> None:
    print(HOSTILE, flush=True)
    _tell("start", more={"max_steps": STEPS})
    for step in range(1, STEPS + 1):
        time.sleep(0.3)
        _tell(step=step, loss=3.0 / step, grad_norm=1.0)
    artefact = Path("outputs/artefact")
    artefact.mkdir()
    (artefact / "adapter_model.safetensors").write_bytes(b"weights")
    _tell("end", step=STEPS)


def _evaluate() -> None:
    rows = 28
    measurement = {"base": {"losses": [2.0] * rows}, "tuned": {"losses": [1.0] * rows}}
    Path("outputs/evaluation.json").write_text(json.dumps({"measurement": measurement}))


if __name__ == "__main__":
    _evaluate() if Path("inputs/artefact").exists() else _train()
