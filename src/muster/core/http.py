"""The one HTTP client: plain httpx, whose failures become ServiceErrors that name the service and its setting.

What a service says about the work (a domain 4xx, Nomad's validation errors as a 500 text) is the adapter's to read:
`judge=False` leaves the status alone.
"""

import logging
import os
import socket
import ssl
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import JsonValue, TypeAdapter

from muster.core.errors import (
    AccessDeniedError,
    ServiceError,
    ServiceFailureError,
    ServiceTimeoutError,
    SettingsError,
    TlsError,
    UnreachableError,
)

_LOG = logging.getLogger(__name__)
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
CONNECT_S = 5.0
"""How long a connection may take, however long the answer may: whoever is there takes it at once."""
_QUOTED = 300  # characters of an answer that an error repeats


@dataclass(frozen=True)
class Service:
    """Who we talk to, for error messages: `name` ("Nomad"), and the settings of its address, its credentials and the
    file of its certificate authority."""

    name: str
    address_setting: str
    token_setting: str = ""
    ca_setting: str = ""


class ServiceClient:
    """Talks to one service. Made by `connect`; closes with its block."""

    def __init__(self, client: httpx.Client, service: Service) -> None:
        self._client = client
        self._service = service

    def get(
        self, path: str, *, params: Mapping[str, str] | None = None, timeout_s: float | None = None, judge: bool = True
    ) -> httpx.Response:
        """GET; raises as `request` does."""
        return self.request("GET", path, params=params, timeout_s=timeout_s, judge=judge)

    def post(
        self,
        path: str,
        *,
        json: JsonValue = None,
        params: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        judge: bool = True,
    ) -> httpx.Response:
        """POST of a JSON body; raises as `request` does."""
        return self.request("POST", path, json=json, params=params, timeout_s=timeout_s, judge=judge)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: JsonValue = None,
        content: str | None = None,
        params: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        judge: bool = True,
    ) -> httpx.Response:
        """Send a request, with a JSON body or (`content`) a text as it stands, and read its whole answer.

        Raises UnreachableError, TlsError, ServiceTimeoutError; unless `judge` is false also AccessDeniedError for
        401 and 403, ServiceFailureError for any other status from 400.
        """
        more: dict[str, Any] = {} if json is None else {"json": json}
        if content is not None:
            more["content"] = content.encode()
        if timeout_s is not None:
            more["timeout"] = _patience(timeout_s)
        with mapped_errors(self._service, self._what(method, path)):
            response = self._client.request(method, path, params=params, **more)
        if judge:
            judge_status(response, self._service)
        return response

    def json(self, response: httpx.Response) -> JsonValue:
        """The answer's body. Raises ServiceFailureError when it is no JSON."""
        try:
            return _JSON.validate_json(response.content)
        except ValueError as error:
            raise ServiceFailureError(
                f"{_asked(response)} of {self._service.name} was answered with something that is no JSON: "
                f"{_quote(response)}",
                advice=_check_address(self._service),
            ) from error

    def close(self) -> None:
        """Drop all connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _what(self, method: str, path: str) -> str:
        return f"{method} {self._client.base_url.join(path)} of {self._service.name}"


def connect(
    base_url: str,
    *,
    service: Service,
    timeout_s: float = 10.0,
    headers: Mapping[str, str] | None = None,
    ca_file: Path | None = None,
    before: Sequence[Callable[[httpx.Request], None]] = (),
) -> ServiceClient:
    """A client for the service at `base_url`; certificates are always checked, against `ca_file` where it is given.

    Proxy variables of the environment do not apply: settings alone read it. Raises SettingsError for an address or a
    CA file that can't be used. `before` are called with each request, which they may change.
    """
    hooks = {"request": [_stamp, *before], "response": [_log_answer]}
    client = httpx.Client(**_options(base_url, service, timeout_s, headers, ca_file), event_hooks=hooks)
    return ServiceClient(client, service)


def connect_async(
    base_url: str,
    *,
    service: Service,
    timeout_s: float = 10.0,
    headers: Mapping[str, str] | None = None,
    ca_file: Path | None = None,
) -> httpx.AsyncClient:
    """The same client for queries that wait side by side; wrap each request in `mapped_errors`."""
    hooks = {"request": [_stamp_async], "response": [_log_answer_async]}
    return httpx.AsyncClient(**_options(base_url, service, timeout_s, headers, ca_file), event_hooks=hooks)


def _stamp(request: httpx.Request) -> None:
    request.extensions["asked_s"] = time.perf_counter()


def _log_answer(response: httpx.Response) -> None:
    """Method, address, status and time; never a header or a body."""
    request = response.request
    ms = round(1000 * (time.perf_counter() - request.extensions["asked_s"]), 1)
    _LOG.debug("%s %s", request.method, request.url, extra={"status": response.status_code, "ms": ms})


async def _stamp_async(request: httpx.Request) -> None:
    _stamp(request)


async def _log_answer_async(response: httpx.Response) -> None:
    _log_answer(response)


@contextmanager
def mapped_errors(service: Service, what: str) -> Generator[None]:
    """What httpx raises in the block becomes a ServiceError. `what` says what was attempted on which service."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise _timed_out(service, what, error) from error
    except httpx.ConnectError as error:
        raise _no_connection(service, what, error) from error
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise UnreachableError(
            f"{what}: the connection was cut before the answer was complete ({_reason(error)}); it may have been done",
            advice=_check_address(service),
        ) from error


def judge_status(response: httpx.Response, service: Service) -> None:
    """Raises AccessDeniedError for 401 and 403, ServiceFailureError for any other status from 400 or a redirect."""
    status = response.status_code
    if status in (401, 403):
        setting = service.token_setting
        raise AccessDeniedError(
            f"{service.name} refused {_asked(response)} with {status}: {_quote(response)}",
            advice=f"Check {setting}, and what it is allowed to do." if setting else "",
        )
    if status >= 300:
        raise ServiceFailureError(
            f"{service.name} answered {_asked(response)} with {status}: {_quote(response)}",
            advice=f"Look at the logs of {service.name}." if status >= 500 else _check_address(service),
        )


def _timed_out(service: Service, what: str, error: httpx.TimeoutException) -> ServiceError:
    if isinstance(error, httpx.ConnectTimeout):
        return UnreachableError(f"{what}: nobody answered at that address in time", advice=_check_address(service))
    return ServiceTimeoutError(
        f"{what}: no answer in time" + ("" if what.startswith("GET ") else "; it may have been done or not"),
        advice=f"Check {service.address_setting}, and whether {service.name} is overloaded; then run this again.",
    )


def _no_connection(service: Service, what: str, error: httpx.ConnectError) -> ServiceError:
    if isinstance(_root(error), ssl.SSLError):
        file = f"the CA file in {service.ca_setting}" if service.ca_setting else "its CA file"
        return TlsError(
            f"{what}: TLS failed ({_reason(error)})",
            advice=f"Check the certificate, {file}, and http or https in {service.address_setting}.",
        )
    if isinstance(_root(error), socket.gaierror):
        return UnreachableError(
            f"{what}: no connection, for there is no such host ({_reason(error)})",
            advice=f"Check {service.address_setting}: no name server knows its host.",
        )
    return UnreachableError(f"{what}: no connection ({_reason(error)})", advice=_check_address(service))


def _options(
    base_url: str, service: Service, timeout_s: float, headers: Mapping[str, str] | None, ca_file: Path | None
) -> dict[str, Any]:
    return {
        "base_url": _checked_url(base_url, service),
        "timeout": _patience(timeout_s),
        "headers": dict(headers or {}),
        "verify": _trusted(ca_file),
        "follow_redirects": False,
        "trust_env": False,
    }


def _patience(timeout_s: float) -> httpx.Timeout:
    return httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S))


@cache
def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    try:  # once a process: the system's certificates take 80 ms to read, as long as the rest of a small request
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"the CA file {ca_file} can't be used: {error}") from error


def _checked_url(base_url: str, service: Service) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError) as error:
        raise SettingsError(f"{service.address_setting} is no URL: {error}", advice=_example(service)) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(f"{service.address_setting} is no http(s) URL: {base_url}", advice=_example(service))
    return url


def _example(service: Service) -> str:
    return f"Set {service.address_setting} to something like http://127.0.0.1:4646."


def _check_address(service: Service) -> str:
    return f"Check {service.address_setting}, and whether {service.name} runs there."


def _asked(response: httpx.Response) -> str:
    return f"{response.request.method} {response.request.url}"


def _quote(response: httpx.Response) -> str:
    text = " ".join(response.text.split())
    return (text[:_QUOTED] + "...") if len(text) > _QUOTED else text or "an empty body"


def _reason(error: Exception) -> str:
    root = _root(error)
    if isinstance(root, ConnectionError) and root.errno:
        return os.strerror(root.errno)  # asyncio words it differently
    return str(root) or type(error).__name__


def _root(error: BaseException) -> BaseException:
    """The system's own error, below httpx's and httpcore's."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
