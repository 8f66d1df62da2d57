"""The ledger: every call of a model, what it used and what it cost, one JSON object a line in the run's folder.

It is ambient, as tracing is: whoever runs an agent keeps one, and the model finds it.
"""

import logging
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, computed_field

Outcome = Literal[
    "answered",  # whether it fits the schema is another matter
    "cut off",  # at LLM_MAX_TOKENS
    "declined",  # the model would not
    "denied",  # 401, 403, 404: not us, or not this model
    "limited",  # 429
    "rejected",  # 400, 413, 422: not this request
    "failed",  # 5xx, or an answer that makes no sense
    "cut",  # the connection, before the answer was complete
    "timed out",
    "unreachable",
    "interrupted",  # by the user
]

UNBILLED: frozenset[Outcome] = frozenset({"denied", "limited", "rejected", "unreachable"})
"""The server did no work, so there is nothing to pay. After the others there may be, answered or not."""


_LOG = logging.getLogger(__name__)
_LOGGED = {
    "provider", "model", "outcome", "seconds", "attempt", "prompt", "prompt_version", "input_tokens", "output_tokens",
    "cost_usd",
}  # fmt: skip


class Call(BaseModel):
    """One request to a model. What is not known is None: an unknown price is unknown, and counted as such.

    `input_usd` is what the prompt cost, `output_usd` the answer. `bound_usd` is the most that the call could have cost;
    a budget counts it where `cost_usd` is not known.
    `cached_tokens` are among the `input_tokens`. `attempt` counts from 1; the others repeat it after trouble.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    run: str
    agent: str
    provider: str
    model: str
    outcome: Outcome
    seconds: float
    attempt: int = 1
    prompt: str | None = None
    prompt_version: int | None = None
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    input_usd: float | None = None
    output_usd: float | None = None
    bound_usd: float | None = None

    @computed_field
    @property
    def cost_usd(self) -> float | None:
        """Dollars of the whole call; None where a part is not known."""
        return None if self.input_usd is None or self.output_usd is None else self.input_usd + self.output_usd


class Ledger:
    """Appends one run's calls to its file, and knows them all, those of earlier processes too."""

    def __init__(self, path: Path | None, *, run: str, agent: str) -> None:
        self.run = run
        self.agent = agent
        self._path = path
        self._calls = list(read_calls(path)) if path else []

    def record(self, call: Call) -> None:
        """Write one call down, and tell the log of it. A ledger without a file only remembers."""
        if self._path:
            append_line(self._path, call.model_dump_json())
        self._calls.append(call)
        _LOG.info("model called", extra=call.model_dump(include=_LOGGED, exclude_none=True))

    def calls(self) -> tuple[Call, ...]:
        """Every call of the run so far."""
        return tuple(self._calls)


_current: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


def current_ledger() -> Ledger:
    """The ledger of this context; outside of any run one that keeps nothing."""
    return _current.get() or Ledger(None, run="", agent="")


@contextmanager
def kept_in(ledger: Ledger) -> Generator[None]:
    """Within the block, calls are written into this ledger."""
    before = _current.set(ledger)
    try:
        yield
    finally:
        _current.reset(before)


def read_calls(path: Path) -> Iterator[Call]:
    """The calls in one file; lines that a crash cut short, and files that are gone, are passed over."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield Call.model_validate_json(line)
        except ValidationError:
            continue


def append_line(path: Path, line: str) -> None:
    """Append a line in one write, so that it is there whole or not at all; half a line before it stays alone."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        end = os.fstat(handle).st_size
        torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
        os.write(handle, f"{chr(10) if torn else ''}{line}\n".encode())
    finally:
        os.close(handle)
