"""Errors as RFC 9457 problem JSON: what was wrong and what to do about it; never a traceback, an input or a secret."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from muster.core.errors import MusterError, ServiceError, ServiceTimeoutError, UsageError
from muster.core.redaction import redact
from muster.core.web.headers import SECURITY_HEADERS

MEDIA_TYPE = "application/problem+json"
_MOST_MISTAKES = 20
_MOST_TEXT = 2000


class Mistake(BaseModel):
    """What is wrong at one place of a request."""

    where: str
    what: str


class Problem(BaseModel):
    """The body of every answer from 400 on."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    advice: str = ""
    mistakes: tuple[Mistake, ...] = ()


class RefusedError(UsageError):
    """A request that is not served as it is: with the status of its answer, and headers such as Retry-After."""

    def __init__(
        self, status: int, message: str, *, advice: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, advice=advice)
        self.status = status
        self.headers = dict(headers or {})


def status_of(error: MusterError) -> int:
    """RefusedError says its own; a service that is away is 503 or 504, wrong use 400, the rest 500."""
    match error:
        case RefusedError(status=status):
            return status
        case ServiceTimeoutError():
            return HTTPStatus.GATEWAY_TIMEOUT
        case ServiceError():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case UsageError():
            return HTTPStatus.BAD_REQUEST
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR


def problem_response(
    status: int,
    detail: str = "",
    *,
    advice: str = "",
    mistakes: Sequence[Mistake] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer. Texts are redacted and cut."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=redact(detail)[:_MOST_TEXT],
        advice=redact(advice)[:_MOST_TEXT],
        mistakes=tuple(mistakes),
    )
    body = problem.model_dump(exclude_defaults=True) | {"type": problem.type}
    return JSONResponse(body, status, headers={**SECURITY_HEADERS, **(headers or {})}, media_type=MEDIA_TYPE)


def refused(error: MusterError) -> Response:
    """The answer to an error of ours."""
    status = status_of(error)
    headers = error.headers if isinstance(error, RefusedError) else {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": "5", **headers}
    return problem_response(status, error.message, advice=error.advice, headers=headers)


def not_valid(mistakes: Sequence[Mapping[str, Any]]) -> Response:
    """The answer to pydantic's list of mistakes: place and words; what was sent is not repeated."""
    shown = [Mistake(where=_place(one["loc"]), what=_words(one)) for one in mistakes[:_MOST_MISTAKES]]
    return problem_response(422, "the request is not valid", mistakes=shown)


async def on_muster_error(_request: Request, error: Exception) -> Response:
    """Exception handler for MusterError."""
    if not isinstance(error, MusterError):
        raise error
    return refused(error)


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Exception handler for Starlette's own: no such page, no such method."""
    if not isinstance(error, HTTPException):
        raise error
    return problem_response(error.status_code, str(error.detail), headers=error.headers)


async def on_surprise(_request: Request, _error: Exception) -> Response:
    """Exception handler for whatever nobody thought of: the log has it, the answer does not."""
    return problem_response(500, "this should not have happened", advice="The service's log says more.")


def _place(where: Sequence[object]) -> str:
    return redact(".".join(str(part).encode(errors="replace").decode() for part in where))[:200]


def _words(mistake: Mapping[str, Any]) -> str:
    said = str(mistake["msg"]).removeprefix("Value error, ").encode(errors="replace").decode()
    return redact(said)[:500]
