"""What an answer of the Graph API means: pure. A clear no is a PlatformRefusedError, everything else that is not a yes
is a ServiceFailureError: nobody knows what was done.

Codes: the Graph API's "Handling errors" and the Threads API's "Troubleshooting"; 4279009 and 2207042 as public clients
met them. A 4xx that is not in Graph shape comes from something in between, and is no word of the platform's.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from muster.core.errors import ServiceFailureError
from muster.threads.celery_worker.ports import PlatformRefusedError, Refusal

Answer = Mapping[str, JsonValue]
_ANSWER: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
_QUOTED = 300
_MOST_WAIT_S = 86_400.0
_PLATFORM_UNWELL = frozenset({1, 2})
_TOO_MANY_CALLS = frozenset({4, 17, 32, 613, *range(80_000, 80_015)})
_TOKEN = frozenset({3, 10, 102, 104, 190, *range(200, 300)})
_QUOTA, _QUOTA_SUBCODE = 9, 2207042
_NOT_READY_SUBCODE = 4279009


class GraphFault(BaseModel):
    """`error` of an answer, as far as we read it."""

    message: str = ""
    code: int
    error_subcode: int = 0
    is_transient: bool = False
    error_user_msg: str = ""


class _Refused(BaseModel):
    error: GraphFault


def read_answer(what: str, status: int, body: bytes, retry_after_s: float | None) -> Answer:
    """The answer to `what`. Raises PlatformRefusedError, ServiceFailureError."""
    if status < 300:
        return _parsed(what, body)
    fault = _fault(body) if 400 <= status < 600 else None
    if fault is None or _is_unclear(status, fault):
        told = fault.message if fault else "something that is not the platform's"
        raise ServiceFailureError(f"{what} was answered with {status}: {told[:_QUOTED]}", advice=_ADVICE["unwell"])
    kind = kind_of(status, fault)
    told = (fault.error_user_msg or fault.message)[:_QUOTED]
    raise PlatformRefusedError(
        kind, f"{what} was refused ({fault.code}/{fault.error_subcode}): {told}", advice=_ADVICE.get(kind, ""),
        retry_after_s=retry_after_s,
    )  # fmt: skip


def kind_of(status: int, fault: GraphFault) -> Refusal:
    """Which no it is."""
    if fault.error_subcode == _NOT_READY_SUBCODE:
        return "not_ready"
    if fault.code == _QUOTA or fault.error_subcode == _QUOTA_SUBCODE:
        return "quota"
    if status == 429 or fault.code in _TOO_MANY_CALLS:
        return "rate_limited"
    if status == 401 or fault.code in _TOKEN:
        return "token"
    return "already_published" if "already been published" in fault.message else "invalid"


def seconds_of(retry_after: str | None, now: datetime) -> float | None:
    """The header Retry-After: seconds, or a date; at most a day. None where it says nothing."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), _MOST_WAIT_S) if math.isfinite(seconds) else None


def _parsed(what: str, body: bytes) -> Answer:
    try:
        return _ANSWER.validate_json(body)
    except ValidationError as error:
        raise ServiceFailureError(f"{what} was answered with no JSON object", advice=_ADVICE["unwell"]) from error


def _fault(body: bytes) -> GraphFault | None:
    try:
        return _Refused.model_validate_json(body).error
    except ValidationError:
        return None


def _is_unclear(status: int, fault: GraphFault) -> bool:
    return status >= 500 or fault.code in _PLATFORM_UNWELL or (fault.is_transient and fault.code not in _TOO_MANY_CALLS)


_ADVICE = {
    "unwell": "Check THREADS_API_URL, and the platform's status page.",
    "token": "Put a fresh long-lived token into the file of THREADS_ACCOUNTS, and restart the worker.",
    "quota": "The platform takes 250 posts of an account in 24 hours.",
}
