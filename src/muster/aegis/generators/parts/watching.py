"""Watches a training from within: tells every step, stops it on request, and at the first number that is none."""
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportUnknownMemberType=false

import math
from typing import Any

import torch
from transformers import TrainerCallback

from muster.aegis.generators.parts.checkpoints import set_rate
from muster.aegis.generators.parts.journal import Journal
from muster.aegis.generators.parts.stopping import Stop


class Watcher(TrainerCallback):
    """`status` is `finished`, `stopped` (a checkpoint was written) or `diverged` (none was: its weights are spoilt).

    `patience`: so many reports in a row that are not finite end the training; above 1 for fp16 alone, whose scaler
    skips its first steps for gradients that overflow.
    """

    def __init__(self, journal: Journal, stop: Stop, *, patience: int = 1) -> None:
        self.status = "finished"
        self.loss: float | None = None
        self._journal, self._stop, self._patience, self._bad = journal, stop, patience, 0

    def on_train_begin(self, args: Any, state: Any, control: Any, lr_scheduler: Any = None, **_: Any) -> None:
        """From here on SIGTERM waits for the end of a step. A checkpoint is loaded by now."""
        set_rate(lr_scheduler, args.learning_rate)
        self._stop.training = True
        self._journal.tell("start", step=state.global_step, more={"max_steps": state.max_steps})

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """A checkpoint and an end, where asked for; the last step finishes the training instead."""
        if self._asked(args) and state.global_step < state.max_steps:
            self.status = "stopped"
            control.should_save = control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        """A line for a step's or an evaluation's numbers."""
        logs = logs or {}
        if "eval_loss" in logs:
            self._journal.tell("eval", step=state.global_step, loss=logs["eval_loss"])
        elif "loss" in logs:
            self._see_step(logs, state, control)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The checkpoint is whole."""
        path = f"checkpoints/checkpoint-{state.global_step}"
        self._journal.tell("checkpoint", step=state.global_step, more={"path": path})

    def _see_step(self, logs: dict[str, Any], state: Any, control: Any) -> None:
        loss, grad_norm = float(logs["loss"]), float(logs.get("grad_norm", 0.0))
        rate, seen = float(logs["learning_rate"]), int(state.num_input_tokens_seen)
        self._journal.tell(step=state.global_step, loss=loss, grad_norm=grad_norm, learning_rate=rate, tokens=seen)
        finite = math.isfinite(loss) and math.isfinite(grad_norm)
        self.loss, self._bad = (loss, 0) if finite else (self.loss, self._bad + 1)
        if self._bad >= self._patience:
            self.status = "diverged"
            control.should_training_stop = True
            control.should_save = control.should_evaluate = False

    def _asked(self, args: Any) -> bool:
        """By any of the processes: each must leave after the same step."""
        if args.world_size == 1:
            return self._stop.asked
        flag = torch.tensor(int(self._stop.asked), device=args.device)
        torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MAX)
        return bool(flag.item())
