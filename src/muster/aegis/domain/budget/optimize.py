"""Ways to make a training cheaper, each with what it saves and what it risks."""

from collections.abc import Iterator, Sequence

from muster.aegis.domain.remediation.situation import make_repair
from muster.aegis.domain.repairs import Forecaster, SpecChange, SpecRepair
from muster.aegis.domain.spec import TrainingSpec


def propose_savings(
    spec: TrainingSpec,
    forecast: Forecaster,
    *,
    attempt: int,
    max_attempts: int,
    gpus: Sequence[str] = (),
    tried: Sequence[SpecRepair] = (),
) -> tuple[SpecRepair, ...]:
    """Changes that cost less by the forecast: those without a risk for quality first, then the largest saving.

    `gpus` are other GPUs that can be had. The forecaster says None for what does not fit or can't be had. A changed
    spec is an attempt of its own: after the last one nothing is proposed.
    """
    if attempt >= max_attempts:
        return ()
    seen = {repair.patch.model_dump_json() for repair in tried}
    found = (_saving(spec, change, why, risk, forecast) for change, why, risk in _changes(spec, gpus))
    new = [repair for repair in found if repair and repair.patch.model_dump_json() not in seen]
    return tuple(sorted(new, key=lambda repair: (bool(repair.quality_risk), -saving_usd(repair))))


def saving_usd(repair: SpecRepair) -> float:
    """Dollars that it saves, by the forecasts in it; 0 where they are unknown."""
    before, after = repair.before, repair.after
    return before.usd - after.usd if before and after and before.usd is not None and after.usd is not None else 0.0


def _changes(spec: TrainingSpec, gpus: Sequence[str]) -> Iterator[tuple[SpecChange, str, str]]:
    on_gpu, epochs = spec.target.gpu != "cpu", spec.optimization.epochs
    if not spec.shape.packing and spec.objective == "sft":
        yield SpecChange(packing=True), "no room is lost to padding", ""
    if on_gpu and not spec.target.spot:
        yield SpecChange(spot=True), "a machine that may be taken away; it goes on from a checkpoint", ""
    if on_gpu:
        yield from ((SpecChange(gpu=gpu), f"{gpu} costs less for this", "") for gpu in gpus if gpu != spec.target.gpu)
        yield from _four_bit(spec, gpus)
    if spec.optimization.max_steps is None and epochs > 1:
        yield SpecChange(epochs=max(1.0, epochs - 1)), "fewer passes over the data", "less is learnt"


def _four_bit(spec: TrainingSpec, gpus: Sequence[str]) -> Iterator[tuple[SpecChange, str, str]]:
    """4-bit weights are slower on the same GPU: they save where a smaller one does."""
    if spec.method == "qlora":
        return
    risk = "an adapter instead of all weights" if spec.method == "full" else "slightly coarser base weights"
    yield SpecChange(method="qlora"), "weights in 4 bits", risk
    for gpu in gpus:
        if gpu != spec.target.gpu:
            yield SpecChange(method="qlora", gpu=gpu), f"weights in 4 bits fit {gpu}", risk


def _saving(spec: TrainingSpec, change: SpecChange, why: str, risk: str, forecast: Forecaster) -> SpecRepair | None:
    repair = make_repair(spec, change, why, "costs less", forecast, ask=True, risk=risk)
    saved = saving_usd(repair)
    if saved <= 0:
        return None
    return repair.model_copy(update={"expected_effect": f"saves {_told(saved)}; {repair.expected_effect}"})


def _told(usd: float) -> str:
    """Cents, and of less than one its first two digits."""
    return f"${usd:.2f}" if usd >= 0.01 else f"${float(f'{usd:.2g}'):.10f}".rstrip("0")
