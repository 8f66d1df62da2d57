"""What is known when a failed attempt is to be repaired, and how a repair is put into words."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import JsonValue

from muster.aegis.domain.diagnosis import Diagnosis
from muster.aegis.domain.repairs import Forecast, Forecaster, Resume, SpecChange, SpecPatch, SpecRepair, apply_patch
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.values import Part


class Lengths(Part):
    """Tokens: of the longest row of the data, and of what the model was made for; None: not known."""

    longest_row: int | None = None
    max_position: int | None = None


class Situation(NamedTuple):
    """The failed attempt. `checkpoint` is the last good one, empty without."""

    spec: TrainingSpec
    diagnosis: Diagnosis
    checkpoint: str
    lengths: Lengths
    forecast: Forecaster

    @property
    def on_gpu(self) -> bool:
        """Whether it runs on a GPU at all."""
        return self.spec.target.gpu != "cpu"

    def going_on(self, change: SpecChange) -> SpecPatch:
        """The change, from the last good checkpoint where there is one."""
        return Resume(checkpoint=self.checkpoint, change=change) if self.checkpoint else change

    def repair(self, patch: SpecPatch, reason: str, effect: str, *, ask: bool = False, risk: str = "") -> SpecRepair:
        """A repair of this spec."""
        return make_repair(self.spec, patch, reason, effect, self.forecast, ask=ask, risk=risk)


def make_repair(
    spec: TrainingSpec,
    patch: SpecPatch,
    reason: str,
    effect: str,
    forecast: Forecaster,
    *,
    ask: bool = False,
    risk: str = "",
) -> SpecRepair:
    """A repair with its diff, and what the forecaster says of before and after."""
    changed = apply_patch(spec, patch)
    before, after = forecast(spec), forecast(changed)
    return SpecRepair(
        patch=patch,
        reason=reason,
        expected_effect="; ".join(part for part in (effect, compare(before, after)) if part),
        diff="\n".join(spec_diff(spec, changed)),
        needs_answer=ask,
        quality_risk=risk,
        before=before,
        after=after,
    )


def spec_diff(before: TrainingSpec, after: TrainingSpec) -> Iterator[str]:
    """A line for every field that differs: `optimization.micro_batch: 4 -> 2`."""
    yield from _differences("", before.model_dump(mode="json"), after.model_dump(mode="json"))


def compare(before: Forecast | None, after: Forecast | None) -> str:
    """Memory, time and cost of both in one line; empty where either is unknown."""
    if before is None or after is None:
        return ""
    units = (("memory", "GiB", "memory_gib"), ("time", "s", "seconds"), ("cost", "USD", "usd"))
    pairs = ((word, unit, getattr(before, name), getattr(after, name)) for word, unit, name in units)
    return ", ".join(
        f"{word} {then:.3g} to {now:.3g} {unit}" for word, unit, then, now in pairs if None not in (then, now)
    )


def _differences(place: str, before: dict[str, JsonValue], after: dict[str, JsonValue]) -> Iterator[str]:
    for name, was in before.items():
        now = after[name]
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _differences(f"{place}{name}.", was, now)
        elif was != now:
            yield f"{place}{name}: {was} -> {now}"
