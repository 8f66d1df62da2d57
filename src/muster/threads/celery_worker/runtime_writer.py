"""The writer behind PERSONA_RUNTIME_URL: `POST /run` streams server-sent events, the last of which is a draft or a
failure; `POST /moderate` answers a verdict. What it says is bounded and checked; a broken stream is a failure that may
pass."""

from collections.abc import Iterator
from typing import TypeVar

import httpx
from pydantic import SecretStr, ValidationError

from muster.core.clock import Clock
from muster.core.errors import ServiceFailureError, ServiceTimeoutError
from muster.core.http import Service, judge_status, mapped_errors
from muster.threads.celery_worker.ports import WriterFailedError
from muster.threads.common.contracts import Draft, Moderation, ModerationRequest, Payload, PersonaRunRequest, RunFailure
from muster.threads.common.correlation import carry_on
from muster.threads.common.event_frames import event_frames

RUNTIME = Service("the persona runtime", "PERSONA_RUNTIME_URL", "THREADS_API_KEY")
WRITE_S = 70.0
"""From the call on, for a whole post, condensing included; looked at whenever something arrives."""
_SILENT_S = 25.0
"""Without a byte: the runtime sends a comment every 15 s while a model thinks."""
LONGEST_S = WRITE_S + _SILENT_S
"""Of a call, whatever the other side does: a pool of threads has no time limit that would end it before the lease."""
_MOST_BYTES = 1_000_000
"""Of one answer, all frames together."""
PayloadT = TypeVar("PayloadT", bound=Payload)


class RuntimeWriter:
    """Satisfies `Writer`; its threads share it. Closes with `close`."""

    def __init__(self, url: str, clock: Clock, key: SecretStr | None = None) -> None:
        self._clock = clock
        timeout = httpx.Timeout(5.0, read=_SILENT_S)
        self._http = httpx.Client(
            base_url=url, timeout=timeout, trust_env=False, follow_redirects=False, event_hooks={"request": [carry_on]},
            headers={} if key is None else {"authorization": f"Bearer {key.get_secret_value()}"},
        )  # fmt: skip

    def write(self, request: PersonaRunRequest) -> Draft:
        """See `Writer.write`."""
        what, end_s = f"POST /run of {RUNTIME.name}", self._clock.monotonic_s() + WRITE_S
        with (
            mapped_errors(RUNTIME, what),
            self._http.stream("POST", "/run", json=request.model_dump(mode="json")) as answer,
        ):
            if answer.status_code != 200:
                _refuse(answer, self._body(answer, what, end_s))
            for frame in event_frames(self._lines(answer, what, end_s)):
                if frame.event == "draft":
                    return _parsed(Draft, frame.data, what)
                if frame.event == "failure":
                    _fail(_parsed(RunFailure, frame.data, what))
        raise ServiceFailureError(f"{what}: the stream ended before there was a draft")

    def judge(self, request: ModerationRequest) -> Moderation:
        """See `Writer.judge`."""
        what, end_s = f"POST /moderate of {RUNTIME.name}", self._clock.monotonic_s() + WRITE_S
        asked = request.model_dump(mode="json")
        with (
            mapped_errors(RUNTIME, what),
            self._http.stream("POST", "/moderate", json=asked) as answer,
        ):
            body = self._body(answer, what, end_s)
            if answer.status_code != 200:
                _refuse(answer, body)
        return _parsed(Moderation, body.decode(errors="replace"), what)

    def close(self) -> None:
        """Drop all connections."""
        self._http.close()

    def _body(self, answer: httpx.Response, what: str, end_s: float) -> bytes:
        return b"".join(self._chunks(answer, what, end_s))

    def _chunks(self, answer: httpx.Response, what: str, end_s: float) -> Iterator[bytes]:
        """Raises ServiceTimeoutError, ServiceFailureError where it takes too long or is too long."""
        read = 0
        for chunk in answer.iter_bytes():
            read += len(chunk)
            if read > _MOST_BYTES:
                raise ServiceFailureError(f"{what}: the answer is longer than {_MOST_BYTES} bytes")
            if self._clock.monotonic_s() > end_s:
                raise ServiceTimeoutError(f"{what}: it is still not written after {WRITE_S:g} seconds")
            yield chunk

    def _lines(self, answer: httpx.Response, what: str, end_s: float) -> Iterator[str]:
        rest = b""
        for chunk in self._chunks(answer, what, end_s):
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
