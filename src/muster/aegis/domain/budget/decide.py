"""Whether an attempt may run, for its cost: approved by itself, asked, or refused.

The budget is one sum over all attempts: what they really cost so far, and what the next is estimated at. A decision
names what it decides on, and is used once.
"""

import math
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from muster.aegis.domain.estimates import Interval
from muster.aegis.domain.spec import Budget, TrainingSpec
from muster.aegis.domain.values import Part

Choice = Literal["approve", "optimize", "cancel"]


class Approved(Part):
    """This attempt of this spec may run, once."""

    kind: Literal["approved"] = "approved"
    subject: str
    by: Literal["budget", "person"] = "budget"
    reason: str


class Ask(Part):
    """A person decides: run it, make it cheaper, or leave it."""

    kind: Literal["ask"] = "ask"
    subject: str
    reason: str
    choices: tuple[Choice, ...] = ("approve", "optimize", "cancel")


class Optimize(Part):
    """Make it cheaper first. That is an attempt of its own, and counts as one."""

    kind: Literal["optimize"] = "optimize"
    subject: str


class Refused(Part):
    """It does not run."""

    kind: Literal["refused"] = "refused"
    subject: str
    reason: str


class Permit(Part):
    """What launching takes: the attempt, and the dollars that it may cost at most."""

    kind: Literal["permit"] = "permit"
    subject: str
    max_usd: float


Decision = Annotated[Approved | Ask | Refused, Field(discriminator="kind")]


def subject_of(spec: TrainingSpec, attempt: int) -> str:
    """What a decision decides on: changed by any change of the spec, and by trying again."""
    return sha256(f"{attempt}:{spec.model_dump_json()}".encode()).hexdigest()[:32]


def decide_budget(estimate_usd: Interval, spent_usd: float, budget: Budget, *, subject: str) -> Decision:
    """At or below the soft sum with the estimate's upper bound: approved. Above the hard one with its middle: refused.

    In between it is asked; a run that then takes longer than estimated is stopped before it passes the hard sum.
    Raises pydantic's ValidationError for a budget whose soft sum is above the hard one, ValueError for money spent
    that is no amount.
    """
    bounds = Budget.model_validate(budget.model_dump())
    _see_amount(spent_usd)
    if not all(math.isfinite(usd) and usd >= 0 for usd in (estimate_usd.mid, estimate_usd.high)):
        return Refused(subject=subject, reason="nobody can say what it costs")
    middle, most = spent_usd + estimate_usd.mid, spent_usd + max(estimate_usd.high, estimate_usd.mid)
    said = f"${spent_usd:.2f} spent, and ${estimate_usd.mid:.2f} estimated (${estimate_usd.high:.2f} at most)"
    if middle > bounds.max_usd:
        return Refused(subject=subject, reason=f"{said}: above the hard limit of ${bounds.max_usd:.2f}")
    if most <= bounds.soft_usd:
        return Approved(subject=subject, reason=f"{said}: within ${bounds.soft_usd:.2f}")
    stopped = f"; it is stopped before ${bounds.max_usd:.2f}" if most > bounds.max_usd else ""
    return Ask(subject=subject, reason=f"{said}: above ${bounds.soft_usd:.2f}{stopped}")


def answer(ask: Ask, choice: Choice) -> Approved | Optimize | Refused:
    """What a person's choice makes of the question."""
    match choice:
        case "approve":
            return Approved(subject=ask.subject, by="person", reason=ask.reason)
        case "optimize":
            return Optimize(subject=ask.subject)
        case "cancel":
            return Refused(subject=ask.subject, reason="cancelled by a person")


def use_approval(
    decision: Approved | None, subject: str, *, used: frozenset[str], spent_usd: float, budget: Budget
) -> Permit | Refused:
    """The permit to launch `subject`: for an approval of just that, not used before, with money left.

    `used` are the subjects of permits given so far, in this run; the caller adds the new one before it launches.
    """
    _see_amount(spent_usd)
    left = Budget.model_validate(budget.model_dump()).max_usd - spent_usd
    if decision is None:
        return Refused(subject=subject, reason="nobody approved it")
    if decision.subject != subject:
        return Refused(subject=subject, reason="the approval is of another spec or attempt")
    if subject in used:
        return Refused(subject=subject, reason="the approval was used already")
    if left < 0:
        return Refused(subject=subject, reason=f"${-left:.2f} above the hard limit already")
    return Permit(subject=subject, max_usd=left)


def _see_amount(spent_usd: float) -> None:
    if not (math.isfinite(spent_usd) and spent_usd >= 0):
        raise ValueError(f"${spent_usd} is no amount that was spent: take the sum of all attempts' real cost")
