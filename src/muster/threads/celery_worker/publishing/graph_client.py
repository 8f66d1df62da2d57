"""HTTP to the Graph API: one attempt a call, short time-outs, no redirects, answers of bounded size.

The token travels as `Authorization: Bearer`, so that no address that is logged or quoted holds it. (The platform's
pages show it as a parameter; the Graph API takes both, and public clients of Threads use the header.)
"""

import ssl
from collections.abc import Mapping
from functools import cache

import httpx
from pydantic import SecretStr

from muster.core.clock import Clock
from muster.core.errors import ServiceFailureError, ServiceTimeoutError, SettingsError
from muster.core.http import Service, mapped_errors
from muster.threads.celery_worker.publishing.graph_answers import Answer, read_answer, seconds_of
from muster.threads.common.correlation import carry_on

SERVICE = Service("Threads", "THREADS_API_URL", "THREADS_ACCOUNTS")
MOST_BYTES = 2_000_000
"""Of an answer: a page of 100 posts has about 100 KB."""
_CONNECT_S = 3.0


class GraphClient:
    """Asks one platform, real or fake. Threads may share it."""

    def __init__(self, base_url: str, clock: Clock, *, timeout_s: float = 10.0) -> None:
        """Raises SettingsError for an address that is none."""
        url = httpx.URL(base_url)
        if url.scheme not in ("http", "https") or not url.host:
            raise SettingsError(f"THREADS_API_URL is no http(s) address: {base_url}")
        self.host = url.host
        self._clock, self._timeout_s = clock, timeout_s
        self._http = httpx.Client(
            base_url=url, timeout=httpx.Timeout(timeout_s, connect=_CONNECT_S), trust_env=False,
            follow_redirects=False, verify=_trusted(), headers={"accept-encoding": "identity"},
            event_hooks={"request": [carry_on]},
        )  # fmt: skip

    def get(self, path: str, params: Mapping[str, str], token: SecretStr | None = None) -> Answer:
        """Raises PlatformRefusedError; ServiceError where nobody knows."""
        return self._judged("GET", path, *self._send("GET", path, token, query=params))

    def post(self, path: str, form: Mapping[str, str], token: SecretStr | None = None) -> Answer:
        """The same, with a form."""
        return self._judged("POST", path, *self._send("POST", path, token, form=form))

    def sent_to(self, path: str, params: Mapping[str, str]) -> httpx.URL:
        """Where a GET is redirected to. Raises ServiceError where it is not."""
        response, _ = self._send("GET", path, None, query=params)
        if not response.is_redirect:
            raise ServiceFailureError(
                f"GET {path} of Threads leads nowhere: it was answered with {response.status_code}"
            )
        return httpx.URL(response.headers["location"])

    def close(self) -> None:
        """Drop all connections."""
        self._http.close()

    def _judged(self, method: str, path: str, response: httpx.Response, body: bytes) -> Answer:
        wait_s = seconds_of(response.headers.get("retry-after"), self._clock.now())
        return read_answer(f"{method} {path} of Threads", response.status_code, body, wait_s)

    def _send(
        self,
        method: str,
        path: str,
        token: SecretStr | None,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> tuple[httpx.Response, bytes]:
        headers = {} if token is None else {"authorization": f"Bearer {token.get_secret_value()}"}
        until_s = self._clock.monotonic_s() + 2 * self._timeout_s
        with (
            mapped_errors(SERVICE, f"{method} {path} of Threads"),
            self._http.stream(method, path, headers=headers, params=query, data=form) as response,
        ):
            return response, self._read(response, until_s)

    def _read(self, response: httpx.Response, until_s: float) -> bytes:
        """The body as it came, in time and within its bound: a server that drips is one that does not answer."""
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ServiceFailureError(f"Threads answered with more than {MOST_BYTES} bytes")
            if self._clock.monotonic_s() > until_s:
                raise ServiceTimeoutError("Threads did not end its answer in time; it may have been done or not")
        return bytes(body)


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()  # 0.2 s to read
