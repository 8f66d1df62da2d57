"""The gate after an evaluation: pass, remediate, or fail, with the verdicts that say so."""

from typing import Literal

from muster.aegis.domain.evaluation.measured import Measurement
from muster.aegis.domain.evaluation.verdicts import (
    MetricName,
    Verdict,
    judge_canary,
    judge_exact_match,
    judge_finite,
    judge_perplexity,
    judge_pii,
    judge_refusals,
    judge_regression,
    judge_stop_rate,
    judge_toxicity,
)
from muster.aegis.domain.spec import Thresholds
from muster.aegis.domain.values import Part

Overall = Literal["pass", "remediate", "fail"]
"""`remediate`: another training may cure it. `fail`: what was learnt is the data's doing, or nothing is known."""

OF_THE_DATA: frozenset[MetricName] = frozenset({"pii", "toxicity", "refusals"})
"""No hyperparameter takes out what the rows teach."""


class Judgement(Part):
    """The verdicts of all metrics, and what follows."""

    overall: Overall
    verdicts: tuple[Verdict, ...]

    @property
    def against(self) -> tuple[Verdict, ...]:
        """The verdicts that are not green, failures first."""
        return tuple(one for outcome in ("failed", "doubtful") for one in self.verdicts if one.outcome == outcome)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not a pass, in words; empty for a pass."""
        told = tuple(f"{one.metric}: {one.reason}" for one in self.against)
        unmeasured = tuple(f"{one.metric}: {one.reason}" for one in self.verdicts if one.metric == "perplexity")
        return told or (() if self.overall == "pass" else unmeasured)


def judge(measurement: Measurement, thresholds: Thresholds, *, seed: int = 17) -> Judgement:
    """Every metric against its threshold. The same numbers and seed give the same judgement.

    Without a perplexity nothing passes: an evaluation that measured nothing is no evaluation.
    """
    verdicts = (
        judge_finite(measurement),
        judge_perplexity(measurement, thresholds, seed),
        judge_exact_match(measurement, thresholds),
        judge_stop_rate(measurement, thresholds),
        judge_canary(measurement, thresholds),
        judge_pii(measurement, thresholds),
        judge_toxicity(measurement, thresholds),
        judge_refusals(measurement, thresholds),
        judge_regression(measurement, thresholds),
    )
    return Judgement(overall=_overall(verdicts), verdicts=verdicts)


def _overall(verdicts: tuple[Verdict, ...]) -> Overall:
    failed = {one.metric for one in verdicts if one.outcome == "failed"}
    measured = any(one.metric == "perplexity" and one.outcome != "skipped" for one in verdicts)
    if failed & OF_THE_DATA or not (measured or "finite" in failed):
        return "fail"
    return "remediate" if failed or any(one.outcome == "doubtful" for one in verdicts) else "pass"
