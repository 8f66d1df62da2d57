"""Which figures a run has: one a measure, with all its attempts; none where no job told anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.reporting.series import Told, spent_by
from muster.aegis.state import State


@dataclass(frozen=True)
class Drawing:
    """A figure with its title, and a sentence for who can't see it."""

    title: str
    said: str
    svg: str


def draw_curves(state: State, told: Sequence[Told]) -> tuple[Drawing, ...]:
    """Loss, memory, cost; matplotlib is loaded by the first figure alone."""
    drawn: list[Drawing] = []
    if any(one.loss or one.eval_loss for one in told):
        drawn.append(_loss(told, state.spec))
    if any(one.memory for one in told):
        drawn.append(_memory(told, state.spec))
    if state.attempts and state.spec:
        drawn.append(_cost(state, state.spec))
    return tuple(drawn)


def label_of(job: str) -> str:
    """`training 2` of `RUN-train-2`: a run's id says nothing in a legend."""
    found = re.fullmatch(r".*-(train|eval)-(\d+)", job)
    return f"{'training' if found[1] == 'train' else 'evaluation'} {found[2]}" if found else job


def _hue(job: str) -> int:
    """Of the attempt: its training and its evaluation have one colour."""
    found = re.search(r"-(\d+)$", job)
    return int(found[1]) - 1 if found else 0


def _style(job: str) -> Literal["line", "dotted"]:
    return "dotted" if "-eval-" in job else "line"


def _loss(told: Sequence[Told], spec: TrainingSpec | None) -> Drawing:
    from muster.aegis.reporting.figures import Curve, draw

    curves: list[Curve] = []
    for one in told:
        label, hue = label_of(one.job), _hue(one.job)
        if one.loss:
            curves.append(Curve(label, one.loss, hue))
        if one.eval_loss:
            curves.append(Curve(f"{label}, held-out rows", one.eval_loss, hue, "marked"))
    unit = "loss of preferences" if spec and spec.objective == "dpo" else "loss (nats a token)"
    said = "; ".join(f"{one.label}: {one.points[0][1]:.4g} at first, {one.points[-1][1]:.4g} at last" for one in curves)
    return Drawing("Loss", said, draw("loss", "optimizer step", unit, curves))


def _memory(told: Sequence[Told], spec: TrainingSpec | None) -> Drawing:
    """What a job tells of itself: tensors of the GPU, or on a CPU all that its process has resident."""
    from muster.aegis.reporting.figures import Curve, draw

    seen = [one for one in told if one.memory]
    what = "allocated on the GPU" if spec and spec.target.gpu != "cpu" else "resident"
    curves = [Curve(label_of(one.job), one.memory, _hue(one.job), _style(one.job)) for one in seen]
    said = "; ".join(f"{label_of(one.job)}: {max(y for _, y in one.memory):.0f} MiB {what} at most" for one in seen)
    return Drawing("Memory", said, draw("memory", "seconds of the job", f"memory {what}, peak so far (MiB)", curves))


def _cost(state: State, spec: TrainingSpec) -> Drawing:
    from muster.aegis.reporting.figures import Curve, Limit, draw

    curves = [Curve(label_of(name), points, _hue(name), _style(name)) for name, points in spent_by(state.attempts)]
    budget = spec.budget
    limits = [
        Limit(f"asked above ${budget.soft_usd:g}", budget.soft_usd),
        Limit(f"never above ${budget.max_usd:g}", budget.max_usd, hard=True),
    ]
    said = f"${state.spent_usd:.4f} spent of ${budget.max_usd:g}"
    return Drawing("Cost", said, draw("cost", "seconds of all jobs together", "dollars so far", curves, limits))
