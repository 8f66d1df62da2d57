"""Nomad's HTTP API as plain requests: token, namespace and region are put in, lost connections become our errors.

Statuses are left to the caller: Nomad refuses a job with a plain-text 500.
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import httpx
from pydantic import SecretStr

from muster.core.errors import ClusterUnavailableError, ServiceFailureError, ServiceTimeoutError
from muster.core.http import Service, connect, connect_async, judge_status, mapped_errors

NOMAD = Service(name="Nomad", address_setting="NOMAD_ADDR", token_setting="NOMAD_TOKEN", ca_setting="NOMAD_CACERT")

FIRST_S = 4.0
"""How long the first answer to a reading request may take: something else may listen there, and never say a word."""
ANSWER_S = 15.0
"""How long an ordinary answer may take."""
BLOCKING_S = 60.0
"""How long a blocking query may take: its own wait, and Nomad's jitter of a sixteenth, are far below."""


class NomadHttp:
    """One cluster's API. Closes with its block."""

    def __init__(
        self,
        address: str,
        *,
        token: SecretStr | None = None,
        namespace: str | None = None,
        region: str | None = None,
        ca_file: Path | None = None,
        first_s: float = FIRST_S,
    ) -> None:
        self.address = address
        self.region = region
        self._namespace = namespace
        self._headers = {"X-Nomad-Token": token.get_secret_value()} if token else {}
        self._ca_file = ca_file
        self._first_s = first_s
        self._heard = False
        self._client = connect(address, service=NOMAD, timeout_s=ANSWER_S, headers=self._headers, ca_file=ca_file)

    def get(
        self, path: str, *, namespace: str | None = None, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """GET. Raises a ServiceError when nobody answers, ClusterUnavailableError when there is no leader."""
        return self._send("GET", path, namespace, params)

    def post(self, path: str, body: dict[str, Any], *, namespace: str | None = None) -> httpx.Response:
        """POST of a JSON body. Raises as `get` does."""
        return self._send("POST", path, namespace, json=body)

    def delete(self, path: str, *, namespace: str | None = None) -> httpx.Response:
        """DELETE. Raises as `get` does."""
        return self._send("DELETE", path, namespace)

    def open_async(self) -> httpx.AsyncClient:
        """A client for blocking queries; its calls go through `wait_for`."""
        return connect_async(
            self.address, service=NOMAD, timeout_s=BLOCKING_S, headers=self._headers, ca_file=self._ca_file
        )

    async def wait_for(
        self, client: httpx.AsyncClient, path: str, *, namespace: str | None, wait: Mapping[str, str]
    ) -> httpx.Response:
        """One blocking query. Raises as `get` does."""
        with mapped_errors(NOMAD, f"watching {path} of Nomad"):
            response = await client.get(path, params={**wait, **self.scope(namespace)})
        return _with_leader(response)

    def scope(self, namespace: str | None) -> dict[str, str]:
        """The query parameters that every request carries: the namespace given, else the settings' own; the region."""
        chosen = {"namespace": namespace or self._namespace, "region": self.region}
        return {name: value for name, value in chosen.items() if value}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _send(
        self,
        method: str,
        path: str,
        namespace: str | None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> httpx.Response:
        scope = {**(params or {}), **self.scope(namespace)}
        first = method == "GET" and not self._heard  # what changes something is given its time: it may be under way
        try:
            response = self._client.request(
                method, path, json=json, params=scope, timeout_s=self._first_s if first else None, judge=False
            )
        except ServiceTimeoutError as error:
            if not first:
                raise
            raise self._silent() from error
        self._heard = True
        return _with_leader(response)

    def _silent(self) -> ClusterUnavailableError:
        return ClusterUnavailableError(
            f"{self.address} takes connections and does not answer: nothing came within {self._first_s:g} s",
            advice="Check NOMAD_ADDR: is it Nomad that listens there, and not a proxy before a cluster that is away?",
        )


def json_of(response: httpx.Response) -> Any:
    """The body of a good answer. Raises AccessDeniedError or ServiceFailureError where it is none."""
    judge_status(response, NOMAD)
    try:
        return response.json()
    except ValueError as error:
        raise ServiceFailureError(
            f"{response.request.method} {response.request.url} was answered with something that is no JSON",
            advice="Check NOMAD_ADDR: is it Nomad that answers there?",
        ) from error


def object_of(response: httpx.Response, *keys: str) -> dict[str, Any]:
    """The object in a good answer. Raises as `json_of` does, and ServiceFailureError where it lacks one of the keys."""
    body: Any = json_of(response)
    if not isinstance(body, dict) or any(key not in body for key in keys):
        raise ServiceFailureError(
            f"{response.request.method} {response.request.url} was answered with JSON that is none of Nomad's",
            advice="Check NOMAD_ADDR: is it Nomad that answers there?",
        )
    return cast(dict[str, Any], body)


def _with_leader(response: httpx.Response) -> httpx.Response:
    if response.is_server_error and "No cluster leader" in response.text:
        raise ClusterUnavailableError(
            "the Nomad cluster has no leader",
            advice="Wait for an election, or look at `nomad server members`; then resume the run.",
        )
    return response
