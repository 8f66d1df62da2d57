"""One model of one server: asked until it answers or the time is over, each request in the ledger and in a span."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from muster.core.clock import Clock, SystemClock
from muster.core.llm.budget import Budget, bound_usd
from muster.core.llm.ledger import UNBILLED, Call, Ledger, Outcome, current_ledger
from muster.core.llm.prices import Cost, Price, PriceTable
from muster.core.llm.talk import Endpoint, Reply, Request, Trouble
from muster.core.llm.waits import wait_for
from muster.core.observability.tracing import Span, span
from muster.core.waiting import waiting

if TYPE_CHECKING:
    from muster.core.prompts.ref import PromptRef

ATTEMPTS = 3
_FIRST_PAUSE_S = 0.5
_TICK_S = 0.1
_NO_COST = Cost(0.0, 0.0)
_WORTH_REPEATING: frozenset[Outcome] = frozenset({"limited", "failed", "cut"})


@dataclass(frozen=True)
class Asked:
    """What came of a request, and every call that was made for it."""

    reply: Reply | Trouble
    calls: tuple[Call, ...]


class Chat(Protocol):
    """Answers requests."""

    def ask(self, request: Request, ref: "PromptRef | None" = None) -> Asked:
        """Ask. Raises a ServiceError when no answer can be had, BudgetError when none may be asked for."""
        ...


class Converse(Protocol):
    """Talks to a vendor's server."""

    async def __call__(self, endpoint: Endpoint, request: Request, timeout_s: float) -> Reply | Trouble:
        """Ask, and read the whole answer, in so many seconds at most. All trouble is a value."""
        ...


def load_vendors() -> Converse:
    """Import the vendors' libraries, which takes seconds."""
    from muster.core.llm.vendors import converse

    return converse


class ChatModel:
    """Satisfies `Chat`. `timeout_s` is for one answer, repeated tries and the pauses between them included.

    What `load` gives talks to the server. It takes its time when a model is asked for the first time, which is not the
    model's time.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout_s: float,
        prices: PriceTable,
        budget: Budget,
        clock: Clock | None = None,
        sleep: Callable[[float], None] = time.sleep,
        load: Callable[[], Converse] = load_vendors,
    ) -> None:
        self._endpoint = endpoint
        self._timeout_s = timeout_s
        self._prices = prices
        self._budget = budget
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._load = load

    def ask(self, request: Request, ref: "PromptRef | None" = None) -> Asked:
        """Ask, and again after 429, 5xx and cut connections. A request that the server rejects is no error: it could
        be put in another way. Raises as the port does.
        """
        converse = self._converse
        deadline = self._clock.monotonic_s() + self._timeout_s
        calls: list[Call] = []
        before: Trouble | None = None
        while True:
            left_s = max(0.001, deadline - self._clock.monotonic_s())
            attempt = _Attempt(self._endpoint, request, ref, len(calls) + 1, self._clock)
            reply, call = self._try(attempt, converse, left_s)
            calls.append(call)
            if isinstance(reply, Reply) or reply.outcome == "rejected":
                return Asked(reply, tuple(calls))
            if before and reply.outcome == "timed out":  # what was left of the time was short; the trouble is another
                raise before.error
            before, pause_s = reply, _pause_s(reply, len(calls))
            if pause_s is None or self._clock.monotonic_s() + pause_s >= deadline:
                raise reply.error
            self._pause(pause_s)

    @cached_property
    def _converse(self) -> Converse:
        """Loaded once, off this thread: Ctrl-C is heard meanwhile."""

        async def work() -> Converse:
            return self._load()

        with waiting() as show:
            return wait_for(work, tick=lambda seconds: show(f"the libraries for models load, {seconds:.0f} s"))

    def _try(self, attempt: "_Attempt", converse: Converse, timeout_s: float) -> tuple[Reply | Trouble, Call]:
        ledger = current_ledger()
        name = attempt.endpoint.name
        price = self._prices.price(name.provider, name.model, self._clock.now().date())
        self._budget.check(ledger.calls(), bound_usd(attempt.request, price))
        with span(f"chat {name.model}", kind="generation", input=list(attempt.request.messages)) as current:
            current.set(provider=name.provider, attempt=attempt.number, **_options(attempt.request))
            try:
                reply = _wait_for_reply(attempt, converse, timeout_s)
            except KeyboardInterrupt:
                ledger.record(attempt.call("interrupted", ledger, price))
                raise
            call = attempt.call(reply, ledger, price)
            ledger.record(call)
            _tell(current, reply, call, attempt.ref)
        return reply, call

    def _pause(self, seconds: float) -> None:
        with waiting() as show:
            left_s = seconds
            while left_s > 0:
                show(f"{self._endpoint.name.model}: {left_s:.0f} s until it may be asked again")
                self._sleep(min(_TICK_S, left_s))
                left_s -= _TICK_S


class _Attempt:
    """One request on its way; it began when it was made."""

    def __init__(
        self, endpoint: Endpoint, request: Request, ref: "PromptRef | None", number: int, clock: Clock
    ) -> None:
        self.endpoint = endpoint
        self.request = request
        self.ref = ref
        self.number = number
        self._clock = clock
        self._at = clock.now()
        self._began_s = clock.monotonic_s()

    def call(self, ending: Reply | Trouble | Outcome, ledger: Ledger, price: Price | None) -> Call:
        """The line for the ledger."""
        outcome: Outcome = ending.outcome if isinstance(ending, Reply | Trouble) else ending
        reply = ending if isinstance(ending, Reply) else None
        cost = _NO_COST if outcome in UNBILLED else _cost(reply, price)
        return Call(
            at=self._at,
            run=ledger.run,
            agent=ledger.agent,
            provider=self.endpoint.name.provider,
            model=self.endpoint.name.model,
            outcome=outcome,
            seconds=round(self._clock.monotonic_s() - self._began_s, 3),
            attempt=self.number,
            prompt=self.ref.name if self.ref else None,
            prompt_version=self.ref.version if self.ref else None,
            input_tokens=reply.input_tokens if reply else None,
            cached_tokens=reply.cached_tokens if reply else None,
            output_tokens=reply.output_tokens if reply else None,
            input_usd=cost.input_usd if cost else None,
            output_usd=cost.output_usd if cost else None,
            bound_usd=bound_usd(self.request, price),
        )


def _wait_for_reply(attempt: _Attempt, converse: Converse, timeout_s: float) -> Reply | Trouble:
    async def work() -> Reply | Trouble:
        return await converse(attempt.endpoint, attempt.request, timeout_s)

    with waiting() as show:
        return wait_for(work, tick=lambda seconds: show(f"{attempt.endpoint.name.model} works, {seconds:.0f} s"))


def _pause_s(trouble: Trouble, attempts: int) -> float | None:
    """How long to wait before the next try, or None where there is none."""
    if attempts >= ATTEMPTS or trouble.outcome not in _WORTH_REPEATING:
        return None
    return trouble.wait_s if trouble.wait_s is not None else _FIRST_PAUSE_S * 2 ** (attempts - 1)


def _cost(reply: Reply | None, price: Price | None) -> Cost | None:
    if reply is None or price is None or reply.input_tokens is None or reply.output_tokens is None:
        return None
    return price.cost(
        input_tokens=reply.input_tokens, output_tokens=reply.output_tokens, cached_tokens=reply.cached_tokens or 0
    )


def _options(request: Request) -> dict[str, object]:
    asked = {"max_tokens": request.max_tokens, "temperature": request.temperature}
    return {name: value for name, value in asked.items() if value is not None}


def _tell(current: Span, reply: Reply | Trouble, call: Call, ref: "PromptRef | None") -> None:
    current.set(outcome=call.outcome)
    current.usage(
        call.model,
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        cost_usd=call.cost_usd,
        prompt=ref,
    )
    if isinstance(reply, Trouble):
        current.fail(reply.error.message)
    else:
        current.output(reply.text)
        if reply.outcome != "answered":
            current.warn(f"the answer was {reply.outcome}")
