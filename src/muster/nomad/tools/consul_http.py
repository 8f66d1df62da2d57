"""Consul's HTTP API as plain requests: the token is put in, and what Consul says in plain text becomes advice.

Consul tells refusals apart by their text alone, and newer versions put words around it (`rpc error making call: ...`,
`Permission denied: anonymous token lacks permission 'key:read' on "app/a"`): so a part of the text decides.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import quote

import httpx
from pydantic import JsonValue, SecretStr

from muster.core.errors import AccessDeniedError, ServiceFailureError
from muster.core.http import Service, connect, judge_status

CONSUL = Service(
    name="Consul", address_setting="CONSUL_HTTP_ADDR", token_setting="CONSUL_HTTP_TOKEN", ca_setting="CONSUL_CACERT"
)

_NOT_FOUND = 404
ANSWER_S = 5.0
"""How long an answer may take: Consul answers from memory."""

_DENIED = (
    ("ACL not found", "CONSUL_HTTP_TOKEN is unknown to this Consul: it was deleted, or belongs to another one."),
    ("blocked", "The agent's configuration blocks this endpoint (http_config.block_endpoints): ask another agent."),
    ("", "Give the token in CONSUL_HTTP_TOKEN a policy that allows it, such as key_prefix or service_prefix."),
)
_FAILED = (
    ("No path to datacenter", "There is no such datacenter: `consul catalog datacenters` lists them."),
    ("No cluster leader", "Wait for an election, or look at `consul operator raft list-peers`; then try again."),
    ("too large", "Consul keeps at most 512 KiB at a key: write less."),
)


class ConsulHttp:
    """One agent's API. Close it with `close`."""

    def __init__(
        self,
        address: str,
        *,
        token: SecretStr | None = None,
        ca_file: Path | None = None,
        timeout_s: float = ANSWER_S,
    ) -> None:
        headers = {"X-Consul-Token": token.get_secret_value()} if token else {}
        self.has_token = token is not None
        self._client = connect(address, service=CONSUL, timeout_s=timeout_s, headers=headers, ca_file=ca_file)

    def ask(self, path: str, *, params: Mapping[str, str] | None = None) -> httpx.Response:
        """GET, whatever the status. Raises UnreachableError, TlsError, ServiceTimeoutError."""
        return self._client.get(path, params=params, judge=False)

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> httpx.Response | None:
        """GET; None for 404, which Consul says of a key that is not there.

        Raises as `ask` does, AccessDeniedError and ServiceFailureError.
        """
        response = self.ask(path, params=params)
        return None if response.status_code == _NOT_FOUND else judged(response)

    def put(self, path: str, text: str, *, params: Mapping[str, str]) -> httpx.Response:
        """PUT of a text. Raises as `get` does."""
        return judged(self._client.request("PUT", path, content=text, params=params, judge=False))

    def json(self, response: httpx.Response | None) -> JsonValue:
        """The body, None where there is none. Raises ServiceFailureError for what is no JSON."""
        return None if response is None else self._client.json(response)

    def rows(self, response: httpx.Response | None) -> list[dict[str, JsonValue]]:
        """A list of objects. Raises ServiceFailureError for anything else."""
        body = self.json(response)
        if isinstance(body, list) and all(isinstance(row, dict) for row in body):
            return cast(list[dict[str, JsonValue]], body)
        return [] if body is None else fail_strange(response)

    def close(self) -> None:
        """Drop all connections."""
        self._client.close()


def path_of(*parts: str) -> str:
    """The parts as a path of the API, quoted: a key may hold spaces, `?` and `#`, and its slashes stay."""
    return "/v1/" + "/".join(quote(part.lstrip("/"), safe="/") for part in parts)


def fail_strange(response: httpx.Response | None) -> list[dict[str, JsonValue]]:
    """Raise ServiceFailureError: JSON came, but none of Consul's."""
    url = response.request.url if response else "Consul"
    raise ServiceFailureError(
        f"{url} was answered with JSON that is none of Consul's",
        advice="Check CONSUL_HTTP_ADDR: is it Consul that answers there?",
    )


def judged(response: httpx.Response) -> httpx.Response:
    """A good answer itself. Raises AccessDeniedError for 401 and 403, ServiceFailureError for other failures."""
    try:
        judge_status(response, CONSUL)
    except AccessDeniedError as error:
        raise AccessDeniedError(error.message, advice=_advice(response, _DENIED, error.advice)) from error
    except ServiceFailureError as error:
        raise ServiceFailureError(error.message, advice=_advice(response, _FAILED, error.advice)) from error
    return response


def _advice(response: httpx.Response, known: tuple[tuple[str, str], ...], otherwise: str) -> str:
    return next((advice for words, advice in known if words in response.text), otherwise)
