"""Faults on demand: which call fails, and how, follows from a seed and the call's number."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Endpoint = Literal["create", "status", "publish", "quota", "posts", "node", "insights", "replies", "token", "refresh",
                   "facade"]  # fmt: skip
FaultKind = Literal[
    "rate_limited",  # 429, code 4
    "error_500",  # nothing was done
    "error_502",  # nothing was done
    "timeout_before",  # nothing is done, and nothing answered
    "timeout_after",  # it is done, and nothing answered
    "cut_after",  # it is done, and the answer breaks off
    "error_after",  # it is done, and the answer is 500
    "not_ready",  # 4279009
    "container_error",  # the new container's processing fails
    "container_expired",  # the new container is of no use any more
    "expired_token",  # 190
]
_ONLY: dict[FaultKind, frozenset[Endpoint]] = {
    "not_ready": frozenset({"publish"}),
    "container_error": frozenset({"create"}),
    "container_expired": frozenset({"create"}),
}


class Fault(BaseModel):
    """A rule: a share of the calls to one endpoint, or to all, fails in one of these ways."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: tuple[FaultKind, ...] = Field(min_length=1)
    endpoint: Endpoint | Literal["any"] = "any"
    share: float = Field(default=1.0, gt=0, le=1)
    seed: int = 0
    next_calls: int | None = Field(default=None, ge=1)
    """Only so many calls; None: until it is taken away."""
    hold_s: float = Field(default=30.0, ge=0, le=300)
    """How long a time-out holds a client that does not hang up."""
    retry_after_s: int | None = Field(default=None, ge=0, le=86_400)
    """Told with a 429."""

    @model_validator(mode="after")
    def _can_happen(self) -> Self:
        if self.endpoint != "any" and not self.kinds_at(self.endpoint):
            raise ValueError(f"{', '.join(self.kinds)} can't happen at {self.endpoint}")
        return self

    def kinds_at(self, endpoint: Endpoint) -> list[FaultKind]:
        """Those of its kinds that can happen there."""
        if self.endpoint not in ("any", endpoint):
            return []
        return [kind for kind in self.kinds if endpoint in _ONLY.get(kind, {endpoint})]


@dataclass
class Rule:
    """A fault, and how many calls it saw."""

    fault: Fault
    seen: int = 0

    def draw(self, endpoint: Endpoint) -> FaultKind | None:
        """What happens to this call; None: nothing."""
        kinds = self.fault.kinds_at(endpoint)
        if not kinds or (self.fault.next_calls is not None and self.seen >= self.fault.next_calls):
            return None
        self.seen += 1
        chance = Random(f"{self.fault.seed}/{self.seen}")
        return chance.choice(kinds) if chance.random() < self.fault.share else None


@dataclass
class FaultPlan:
    """All rules; the first that strikes counts."""

    rules: list[Rule] = field(default_factory=list[Rule])
    struck: Counter[str] = field(default_factory=Counter[str])
    """`publish timeout_after`, and how often."""

    def add(self, fault: Fault) -> None:
        """From now on."""
        self.rules.append(Rule(fault))

    def clear(self) -> None:
        """No faults any more; the counts stay."""
        self.rules.clear()

    def draw(self, endpoint: Endpoint) -> tuple[FaultKind, Fault] | None:
        """What happens to this call."""
        for rule in self.rules:
            if (kind := rule.draw(endpoint)) is not None:
                self.struck[f"{endpoint} {kind}"] += 1
                return kind, rule.fault
        return None
