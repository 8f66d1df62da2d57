"""Repairs for a training that ended well, and whose artefact did not pass: less of it, or gentler."""

from collections.abc import Iterator, Sequence

from muster.aegis.domain.evaluation.judge import Judgement
from muster.aegis.domain.evaluation.verdicts import MetricName
from muster.aegis.domain.remediation.propose import nothing_known
from muster.aegis.domain.remediation.situation import make_repair
from muster.aegis.domain.remediation.training import GENTLEST, HIGHEST_RATE, SLOWER
from muster.aegis.domain.repairs import Forecaster, SpecChange, SpecRepair, apply_patch
from muster.aegis.domain.spec import TrainingSpec

FEWEST_EPOCHS = 0.25
MOST_EPOCHS = 20.0


def remediate_judgement(
    spec: TrainingSpec,
    judgement: Judgement,
    tried: Sequence[SpecRepair],
    *,
    forecast: Forecaster = nothing_known,
) -> tuple[SpecRepair, ...]:
    """Repairs for what stands against a judgement, failures first; empty: a person is asked.

    A model that never stops is none of these: its end token is masked or missing in the data or the tokenizer.
    """
    if judgement.overall != "remediate":
        return ()
    found = [
        make_repair(spec, change, why, effect, forecast)
        for verdict in judgement.against
        for change, why, effect in _changes(spec, verdict.metric)
    ]
    known = [repair.patch for repair in tried]
    return tuple(one for one in _once(found) if one.patch not in known and apply_patch(spec, one.patch) != spec)


def _once(repairs: Sequence[SpecRepair]) -> tuple[SpecRepair, ...]:
    """Without those that several metrics ask for."""
    return tuple(one for at, one in enumerate(repairs) if one.patch not in [two.patch for two in repairs[:at]])


def _changes(spec: TrainingSpec, metric: MetricName) -> Iterator[tuple[SpecChange, str, str]]:
    match metric:
        case "finite":
            yield from _gentler(spec, "its numbers are not finite")
        case "canary":
            yield from _fewer(spec, "what is seen often is learnt by heart")
        case "perplexity" | "regression":
            yield from _gentler(spec, "it has unlearnt more than it learnt")
            yield from _fewer(spec, "it has unlearnt more than it learnt")
        case "exact_match":
            yield from _more(spec)
        case "stop_rate" | "pii" | "toxicity" | "refusals":
            return


def _gentler(spec: TrainingSpec, why: str) -> Iterator[tuple[SpecChange, str, str]]:
    highest = HIGHEST_RATE[spec.method, spec.objective]
    rate = min(spec.optimization.learning_rate / SLOWER, highest)
    if rate >= highest * GENTLEST:
        yield SpecChange(learning_rate=rate), why, "smaller steps, the same memory and time"


def _fewer(spec: TrainingSpec, why: str) -> Iterator[tuple[SpecChange, str, str]]:
    steps, epochs = spec.optimization.max_steps, spec.optimization.epochs
    if steps is not None and steps > 1:
        yield SpecChange(max_steps=steps // 2), why, "half the steps, half the time"
    elif steps is None and epochs / 2 >= FEWEST_EPOCHS:
        yield SpecChange(epochs=epochs / 2), why, "half the steps, half the time"


def _more(spec: TrainingSpec) -> Iterator[tuple[SpecChange, str, str]]:
    steps = spec.optimization.max_steps
    epochs = min(2 * spec.optimization.epochs, MOST_EPOCHS)
    change = SpecChange(max_steps=steps * 2) if steps is not None else SpecChange(epochs=epochs)
    yield change, "it has not learnt enough yet", "twice the steps, twice the time and cost"
