"""A budget: work stops before the call that could pass it. A bound that can't be checked is no bound."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from muster.core.errors import BudgetError
from muster.core.llm.ledger import Call
from muster.core.llm.prices import Price
from muster.core.llm.talk import Request

# Roles and separators that a server puts around each message, and around the schema; in tokens, on the safe side.
_AROUND = 32


@dataclass(frozen=True)
class Budget:
    """What the models of one run may cost, or of whatever else has a ledger; None is no limit. `setting` is what
    errors call it."""

    max_usd: float | None = None
    setting: str = "MAX_RUN_COST_USD"

    def check(self, calls: Iterable[Call], bound_usd: float | None) -> None:
        """Whether one more call of that cost at most has room. Raises BudgetError where it has not, or nobody knows."""
        if self.max_usd is None:
            return
        spent = spent_usd(calls)
        if spent is None or bound_usd is None:
            raise BudgetError(
                f"what a call costs is not known, so {self.setting} can't be held",
                advice=f"Write its price into prices.yaml of MUSTER_HOME (docs/models.md), or unset {self.setting}.",
            )
        if spent + bound_usd > self.max_usd:
            raise BudgetError(
                f"the next call of a model may cost ${bound_usd:.4f}: ${spent:.4f} of ${self.max_usd:g} are spent",
                advice=f"Raise {self.setting} or lower LLM_MAX_TOKENS, then resume.",
            )


def spent_usd(calls: Iterable[Call]) -> float | None:
    """What the calls may have cost, by their bound where the cost is not known; None where neither is."""
    worst = [call.bound_usd if call.cost_usd is None else call.cost_usd for call in calls]
    known = [one for one in worst if one is not None]
    return sum(known) if len(known) == len(worst) else None


def bound_usd(request: Request, price: Price | None) -> float | None:
    """The most that the request can cost: no token is shorter than a byte. None where the price is not known."""
    if price is None:
        return None
    texts = [message["content"] for message in request.messages]
    texts += [json.dumps(message.get("tool_calls", [])) for message in request.messages]
    texts += [json.dumps([tool.name, tool.description, dict(tool.parameters)]) for tool in request.tools]
    texts.append(json.dumps(request.schema) if request.schema else "")
    longest = sum(len(text.encode()) + _AROUND for text in texts)
    cost = price.cost(input_tokens=longest, output_tokens=request.max_tokens)
    return cost.usd if cost else None
