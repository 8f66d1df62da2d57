"""Which offer a spec's target means, and what a spec will take there."""

from collections.abc import Iterable, Mapping
from datetime import date

from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.estimates import CostEstimate, Offer
from muster.aegis.domain.repairs import Forecast, Forecaster
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.profilers.cost import estimate_costs
from muster.aegis.profilers.gpus import gpu_named

Own = Mapping[str, Offer]
"""Machines of one's own, by the executor that runs on them; every other executor sells what it runs on."""


def offer_of(spec: TrainingSpec, offers: Iterable[Offer], own: Own) -> Offer | None:
    """One's own machine, or the executor's cheapest firm offer of that GPU, of spot ones where the spec takes them;
    None: it has no such offer."""
    target, mine = spec.target, own.get(spec.target.executor)
    if mine is not None:
        gpu = gpu_named(target.gpu)
        known = gpu or target.gpu == "cpu"
        memory = gpu.memory_gib if gpu else mine.memory_gib
        return mine.model_copy(update={"gpu": target.gpu, "memory_gib": memory}) if known else None
    sold = [one for one in offers if one.gpu == target.gpu and one.provider.lower() == target.executor]
    meant = [one for one in sold if one.firm or (target.spot and one.tier.lower() == "spot")]
    return min(meant, key=lambda one: one.usd_per_hour, default=None)


def estimate_target(
    spec: TrainingSpec,
    architecture: Architecture,
    data: DataReport,
    offers: Iterable[Offer],
    own: Own,
    today: date,
    attempts: int = 1,
) -> CostEstimate | None:
    """What the spec takes where it is to run; None where nobody can say."""
    offer = offer_of(spec, offers, own)
    if offer is None or data.lengths is None:
        return None
    found = estimate_costs(spec, architecture, data.kept, data.lengths, (offer,), today, attempts)
    return found[0] if found else None


def least_training(spec: TrainingSpec) -> TrainingSpec:
    """The smallest adapter, trained for one step of one row, and its evaluation: no less than an evaluation alone."""
    document = spec.model_dump()
    document["method"] = "lora"
    document["lora"]["rank"] = document["lora"]["alpha"] = 1
    document["optimization"] |= {"micro_batch": 1, "accumulation": 1, "max_steps": 1}
    return TrainingSpec.model_validate(document)


def forecaster(
    architecture: Architecture, data: DataReport, offers: Iterable[Offer], own: Own, today: date
) -> Forecaster:
    """Forecasts one attempt of a spec; None for what surely does not fit or can't be had."""
    known = tuple(offers)

    def forecast(spec: TrainingSpec) -> Forecast | None:
        told = estimate_target(spec, architecture, data, known, own, today)
        if told is None or told.fits == "no":
            return None
        return Forecast(memory_gib=told.memory_gib.mid, seconds=told.seconds.mid, usd=told.usd.mid)

    return forecast
