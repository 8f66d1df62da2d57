"""The writer behind PERSONA_RUNTIME_URL: `POST /run` streams server-sent events, the last of which is a draft or a
failure; `POST /moderate` answers a verdict. What it says is bounded and checked; a broken stream is a failure that may
pass."""

from collections.abc import Iterator
from typing import TypeVar

import httpx
from pydantic import ValidationError

from muster.core.clock import Clock
from muster.core.errors import ServiceFailureError, ServiceTimeoutError
from muster.core.http import Service, judge_status, mapped_errors
from muster.threads.celery_worker.ports import WriterFailedError
from muster.threads.common.contracts import Draft, Moderation, ModerationRequest, Payload, PersonaRunRequest, RunFailure
from muster.threads.common.correlation import carry_on
from muster.threads.common.event_frames import event_frames

RUNTIME = Service("the persona runtime", "PERSONA_RUNTIME_URL")
WRITE_S = 90.0
"""For a whole post, condensing included; a lease is longer."""
_SILENT_S = 60.0
_JUDGE_S = 30.0
_MOST_BYTES = 1_000_000
"""Of one answer, all frames together."""
PayloadT = TypeVar("PayloadT", bound=Payload)


class RuntimeWriter:
    """Satisfies `Writer`; its threads share it. Closes with `close`."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        timeout = httpx.Timeout(_SILENT_S, connect=5.0)
        hooks = {"request": [carry_on]}
        self._http = httpx.Client(
            base_url=url, timeout=timeout, trust_env=False, follow_redirects=False, event_hooks=hooks
        )

    def write(self, request: PersonaRunRequest) -> Draft:
        """See `Writer.write`."""
        what = f"POST /run of {RUNTIME.name}"
        with (
            mapped_errors(RUNTIME, what),
            self._http.stream("POST", "/run", json=request.model_dump(mode="json")) as answer,
        ):
            if answer.status_code != 200:
                _refuse(answer, self._body(answer, what))
            for frame in event_frames(self._lines(answer, what)):
                if frame.event == "draft":
                    return _parsed(Draft, frame.data, what)
                if frame.event == "failure":
                    _fail(_parsed(RunFailure, frame.data, what))
        raise ServiceFailureError(f"{what}: the stream ended before there was a draft")

    def judge(self, request: ModerationRequest) -> Moderation:
        """See `Writer.judge`."""
        what = f"POST /moderate of {RUNTIME.name}"
        asked = request.model_dump(mode="json")
        with (
            mapped_errors(RUNTIME, what),
            self._http.stream("POST", "/moderate", json=asked, timeout=_JUDGE_S) as answer,
        ):
            body = self._body(answer, what)
            if answer.status_code != 200:
                _refuse(answer, body)
        return _parsed(Moderation, body.decode(errors="replace"), what)

    def close(self) -> None:
        """Drop all connections."""
        self._http.close()

    def _body(self, answer: httpx.Response, what: str) -> bytes:
        return b"".join(self._chunks(answer, what))

    def _chunks(self, answer: httpx.Response, what: str) -> Iterator[bytes]:
        """Raises ServiceTimeoutError, ServiceFailureError where it takes too long or is too long."""
        read, end_s = 0, self._clock.monotonic_s() + WRITE_S
        for chunk in answer.iter_bytes():
            read += len(chunk)
            if read > _MOST_BYTES:
                raise ServiceFailureError(f"{what}: the answer is longer than {_MOST_BYTES} bytes")
            if self._clock.monotonic_s() > end_s:
                raise ServiceTimeoutError(f"{what}: it is still not written after {WRITE_S:g} seconds")
            yield chunk

    def _lines(self, answer: httpx.Response, what: str) -> Iterator[str]:
        rest = b""
        for chunk in self._chunks(answer, what):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line.rstrip(b"\r").decode(errors="replace") for line in lines)


def _parsed(model: type[PayloadT], data: str, what: str) -> PayloadT:
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, one["loc"])) or one["msg"] for one in error.errors()[:5])
        raise ServiceFailureError(f"{what}: that is no {model.__name__}: {where}") from error


def _fail(failure: RunFailure) -> None:
    if failure.transient:
        raise ServiceFailureError(f"{RUNTIME.name} could not write it: {failure.reason}")
    raise WriterFailedError(failure.reason)


def _refuse(answer: httpx.Response, body: bytes) -> None:
    """Raises: what the request itself is to blame for will not pass."""
    if answer.status_code in (400, 404, 413, 422):
        raise WriterFailedError(f"{RUNTIME.name} refuses the request: {body[:500].decode(errors='replace')}")
    judge_status(httpx.Response(answer.status_code, content=body[:2000], request=answer.request), RUNTIME)
    raise ServiceFailureError(f"{RUNTIME.name} answered {answer.status_code}")
