"""Why a model's server gave no answer, in our words: each a ServiceError with advice, and what the ledger calls it."""

import os
import ssl
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Literal

from muster.core.clock import SystemClock
from muster.core.errors import (
    AccessDeniedError,
    ServiceError,
    ServiceFailureError,
    ServiceTimeoutError,
    TlsError,
    UnreachableError,
)
from muster.core.llm.ledger import Outcome
from muster.core.llm.settings import ProviderName
from muster.core.llm.talk import Endpoint, Trouble
from muster.core.redaction import redact

Answered = Literal["answered", "cut off", "declined"]

TITLES: dict[ProviderName, str] = {"vllm": "vLLM", "openai": "OpenAI", "anthropic": "Anthropic"}
_QUOTED = 300  # characters of an answer that an error repeats
_CONNECTING = frozenset({"ConnectError", "ConnectTimeout"})  # as httpx calls them


def timed_out(endpoint: Endpoint, timeout_s: float) -> Trouble:
    """No complete answer in time."""
    error = ServiceTimeoutError(
        f"{_who(endpoint)}: no complete answer within {timeout_s:.3g} s",
        advice="Raise LLM_TIMEOUT_S, or take a smaller model.",
    )
    return Trouble("timed out", error)


def cut_short(endpoint: Endpoint) -> Trouble:
    """The connection ended before the answer did."""
    return Trouble("cut", _cut(endpoint, "the answer has no end"))


def too_long(endpoint: Endpoint) -> Trouble:
    """More words than tokens were allowed."""
    error = ServiceFailureError(
        f"{_who(endpoint)}: the answer went on beyond all bounds", advice=f"Look at the server at {_setting(endpoint)}."
    )
    return Trouble("failed", error)


def no_answer(endpoint: Endpoint, error: Exception) -> Trouble:
    """It spoke, and it was nothing that a model's server says."""
    said = _quote(str(error)) or type(error).__name__
    failure = ServiceFailureError(
        f"{_who(endpoint)}: it answered with something that is no answer ({said})",
        advice=f"Check {_setting(endpoint)}: is that a server of models?",
    )
    return Trouble("failed", failure, said=said)


def refused_with(endpoint: Endpoint, status: int, text: str, headers: Mapping[str, str]) -> Trouble:
    """It answered with a status from 400, or with an error in the middle of its answer."""
    said = _quote(text)
    return Trouble(_outcome(status), _refusal(endpoint, status, said), wait_s=_wait_s(headers), said=said)


def transport_trouble(endpoint: Endpoint, error: Exception) -> Trouble:
    """Nobody was reached, or the connection was cut."""
    chain = list(_causes(error))
    why = _reason(chain)
    if any(isinstance(one, ssl.SSLError) for one in chain):
        advice = f"Check the certificate, and http or https in {_setting(endpoint)}."
        return Trouble("unreachable", TlsError(f"{_who(endpoint)}: TLS failed ({why})", advice=advice))
    if any(type(one).__name__ in _CONNECTING for one in chain):
        return Trouble(
            "unreachable",
            UnreachableError(f"{_who(endpoint)}: no connection ({why})", advice=_check(endpoint)),
        )
    return Trouble("cut", _cut(endpoint, why))


def _outcome(status: int) -> Outcome:
    match status:
        case 400 | 413 | 422:
            return "rejected"
        case 429:
            return "limited"
        case _:
            return "denied" if 400 <= status < 500 and status != 408 else "failed"


def _refusal(endpoint: Endpoint, status: int, said: str) -> ServiceError:
    title = TITLES[endpoint.name.provider]
    message = f"{_who(endpoint)}: refused with {status}: {said}" if status >= 400 else f"{_who(endpoint)}: {said}"
    if status in (401, 403):
        key = f"{endpoint.name.provider}_api_key".upper()
        return AccessDeniedError(message, advice=f"Check {key}, and what it is allowed to do.")
    match _outcome(status):
        case "limited":
            advice = f"Wait, or ask {title} for a higher limit."
        case "failed":
            advice = f"Look at the logs or the status page of {title}."
        case _:
            advice = f"Check {_setting(endpoint)} and the name of the model; `muster doctor` asks which are served."
    return ServiceFailureError(message, advice=advice)


def _cut(endpoint: Endpoint, why: str) -> ServiceError:
    return UnreachableError(
        f"{_who(endpoint)}: the connection was cut before the answer was complete ({why})", advice=_check(endpoint)
    )


def _who(endpoint: Endpoint) -> str:
    return f"{endpoint.name.model} of {TITLES[endpoint.name.provider]} at {endpoint.base_url}"


def _setting(endpoint: Endpoint) -> str:
    return f"{endpoint.name.provider}_base_url".upper()


def _check(endpoint: Endpoint) -> str:
    return f"Check {_setting(endpoint)}, and whether {TITLES[endpoint.name.provider]} runs there."


def _wait_s(headers: Mapping[str, str]) -> float | None:
    """What Retry-After asks for: seconds, or a date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        return _seconds_until(text)


def _seconds_until(text: str) -> float | None:
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until - SystemClock().now()).total_seconds()) if until.tzinfo else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(chain: list[BaseException]) -> str:
    root = chain[-1]
    if isinstance(root, ConnectionError) and root.errno:
        return os.strerror(root.errno)
    return next((str(one) for one in reversed(chain) if str(one)), type(root).__name__)


def _quote(text: str) -> str:
    text = redact(" ".join(text.split()))
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."
