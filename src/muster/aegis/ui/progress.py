"""How far a run came, in a few numbers. Pure."""

from collections.abc import Iterator, Sequence

from muster.aegis.domain.workload import Metric
from muster.aegis.state import State


def steps(metrics: Sequence[Metric]) -> tuple[int, int | None]:
    """The last step, and how many there are to be; None where nobody said."""
    told = [one.more.get("max_steps") for one in metrics if one.event == "start"]
    most = told[-1] if told else None
    return max((one.step for one in metrics), default=0), most if isinstance(most, int) and most > 0 else None


def eta_s(metrics: Sequence[Metric]) -> float | None:
    """Seconds that are left at the pace so far; None where that is not known."""
    step, most = steps(metrics)
    stepped = [one for one in metrics if not one.event]
    if most is None or len(stepped) < 2 or stepped[-1].step == stepped[0].step:
        return None
    first, last = stepped[0], stepped[-1]
    return (most - step) * (last.at - first.at).total_seconds() / (last.step - first.step)


def status_lines(state: State | None, metrics: Sequence[Metric], *, running: bool, max_attempts: int) -> Iterator[str]:
    """Spent, attempt, step, time left."""
    if state is None:
        return
    if state.spec:
        yield f"spent ${state.spent_usd:.2f} of ${state.spec.budget.max_usd:.2f}"
        yield f"attempt {state.attempt} of {max_attempts + 1}"
    step, most = steps(metrics)
    if step:
        yield f"step {step}" + (f" of {most}" if most else "")
    left = eta_s(metrics) if running else None
    if left:
        yield f"about {left:.0f} s left"


def curves(metrics: Sequence[Metric], usd_per_hour: float) -> dict[str, list[dict[str, float]]]:
    """Points by curve: loss, memory in MB, dollars of this training. A curve without points is left out."""
    stepped = [one for one in metrics if not one.event]
    began = metrics[0].at if metrics else None
    found = {
        "loss": [{"step": one.step, "loss": one.loss} for one in stepped if one.loss is not None],
        "memory": [{"step": one.step, "MB": one.memory_mb} for one in stepped if one.memory_mb is not None],
        "cost": [
            {"step": one.step, "dollars": (one.at - began).total_seconds() / 3600 * usd_per_hour}
            for one in stepped
            if began and usd_per_hour
        ],
    }
    return {name: points for name, points in found.items() if points}
