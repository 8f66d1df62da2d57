"""Which checkpoint to go on from. One that was being written when the process was killed is none."""

import json
from pathlib import Path


def newest_checkpoint(written: Path, given: Path | None = None) -> Path | None:
    """The newest complete one in `written`, else `given` where it is one."""
    complete = [(step, path) for path in written.glob("checkpoint-*") if (step := checkpoint_step(path)) is not None]
    if complete:
        return max(complete)[1]
    return given if given and checkpoint_step(given) is not None else None


def checkpoint_step(path: Path) -> int | None:
    """Its step; None where it isn't complete. The Trainer writes `trainer_state.json` last (`_save_checkpoint`)."""
    try:
        return int(json.loads((path / "trainer_state.json").read_text())["global_step"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
