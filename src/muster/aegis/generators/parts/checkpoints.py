"""Which checkpoint to go on from. One that was being written when the process was killed is none."""
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

import json
from pathlib import Path
from typing import Any


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


def set_rate(scheduler: Any, rate: float) -> None:
    """Let a LambdaLR go on at its place with this peak learning rate.

    A checkpoint brings the rate that it was trained with, in its schedule and in its optimizer, and both win over the
    arguments: a repair that lowers the rate and goes on would change nothing.
    """
    schedule = getattr(scheduler, "scheduler", scheduler)  # accelerate's wrapper holds the real one
    schedule.base_lrs = [rate] * len(schedule.base_lrs)
    for group, shape in zip(schedule.optimizer.param_groups, schedule.lr_lambdas, strict=True):
        group["initial_lr"], group["lr"] = rate, rate * shape(schedule.last_epoch)
    schedule._last_lr = [group["lr"] for group in schedule.optimizer.param_groups]  # what is told of the first step
