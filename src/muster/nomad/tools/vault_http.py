"""Vault's HTTP API by hvac, over our own client: hvac knows the paths, `core.http` the wire and its failures.

hvac's own client is left out: it reads the environment, and its proxies are those of `requests`.
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote

import httpx
from hvac.adapters import Adapter
from hvac.api.auth_methods import Token
from hvac.api.secrets_engines import KvV1, KvV2
from hvac.api.system_backend import SystemBackend
from pydantic import SecretStr

from muster.core.errors import AccessDeniedError, ServiceFailureError
from muster.core.http import Service, connect, judge_status

VAULT = Service(name="Vault", address_setting="VAULT_ADDR", token_setting="VAULT_TOKEN", ca_setting="VAULT_CACERT")

ANSWER_S = 10.0
"""How long an answer may take."""
_NO_VERDICT = (200, 204, 400, 403, 404, 405)
"""What an answer about a path may be; the rest is about Vault itself."""

Json = Mapping[str, Any]


class VaultHttp:
    """The questions that Vault is asked: none of them is answered with a value. Closes with its block.

    Every method raises a ServiceError when Vault is away, sealed, not initialised, or got no token.
    """

    def __init__(
        self,
        address: str,
        *,
        token: SecretStr | None = None,
        namespace: str | None = None,
        ca_file: Path | None = None,
        timeout_s: float = ANSWER_S,
    ) -> None:
        headers = {"X-Vault-Request": "true"}
        if token:
            headers["X-Vault-Token"] = token.get_secret_value()
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        self._client = connect(address, service=VAULT, timeout_s=timeout_s, headers=headers, ca_file=ca_file)
        wire: Any = _Wire(self._client.request)  # hvac's stubs promise dicts; this wire gives responses
        self._wire = wire
        self._system: Any = SystemBackend(wire)
        self._token: Any = Token(wire)
        self._engines: tuple[Any, Any] = (KvV1(wire), KvV2(wire))

    def health(self) -> httpx.Response:
        """GET sys/health, whose status speaks of Vault's state."""
        return self._system.read_health_status(method="GET")

    def lookup_self(self) -> httpx.Response:
        """What the token is."""
        return _judged(self._token.lookup_self())

    def mounts(self) -> httpx.Response:
        """Every mount; for few tokens."""
        return _judged(self._system.list_mounted_secrets_engines())

    def seen_mounts(self) -> httpx.Response:
        """The mounts that the token may use something of; for every token."""
        return _judged(self._wire.get("/v1/sys/internal/ui/mounts"))

    def mount_of(self, path: str) -> httpx.Response:
        """The mount that a path lies in; 403 where the token may do nothing there, or there is none."""
        return _judged(self._wire.get(f"/v1/sys/internal/ui/mounts/{quote(path)}"))

    def list_names(self, mount: str, path: str, version: int) -> httpx.Response:
        """The names below a path of a KV engine."""
        return _judged(self._engines[version - 1].list_secrets(path, mount_point=mount))

    def metadata(self, mount: str, path: str) -> httpx.Response:
        """The versions of a secret; KV version 2 alone."""
        return _judged(self._engines[1].read_secret_metadata(path, mount_point=mount))

    def subkeys(self, mount: str, path: str) -> httpx.Response:
        """The names of a secret's keys, from Vault 1.10 on; KV version 2 alone."""
        return _judged(self._wire.get(f"/v1/{quote(mount)}/subkeys/{quote(path)}"))

    def json(self, response: httpx.Response) -> Json:
        """The answer's body. Raises ServiceFailureError when it is no JSON object."""
        body = self._client.json(response)
        if not isinstance(body, dict):
            raise ServiceFailureError("Vault answered with JSON that is no object", advice="Check VAULT_ADDR.")
        return body

    def data(self, response: httpx.Response) -> Json:
        """What `data` of the answer holds. Raises as `json` does."""
        return object_of(self.json(response).get("data"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()


class _Wire(Adapter):  # pyright: ignore[reportMissingTypeArgument]  # generic in its stubs alone
    """hvac's seam: what it asks goes through our client, and comes back as it was answered."""

    def __init__(self, send: Any) -> None:  # hvac's own opens a session of requests
        self._send = send

    def request(self, method: str, url: str, headers: Any = None, raise_exception: bool = True, **more: Any) -> Any:
        """Reading requests alone: nothing here writes, and nothing logs in."""
        if method not in ("get", "list"):
            raise AssertionError(f"Vault is only read: {method}")
        return self._send(method.upper(), url, params=more.get("params"), judge=False)

    def get_login_token(self, response: Any) -> str:
        """There is no login: the token is given."""
        raise AssertionError("Vault is asked with the token that is given")


def _judged(response: httpx.Response) -> httpx.Response:
    said = " ".join(errors_of(response))
    match response.status_code:
        case 400 if "missing client token" in said:
            raise AccessDeniedError("Vault got no token", advice="Set VAULT_TOKEN to a token that may list secrets.")
        case 503 if "sealed" in said:
            raise ServiceFailureError("Vault is sealed", advice="Unseal it: `vault operator unseal`.")
        case 501:
            raise ServiceFailureError("Vault is not initialised", advice="Run `vault operator init`, and unseal it.")
        case 307 | 308:
            raise ServiceFailureError(
                "Vault at VAULT_ADDR is a standby that sends clients elsewhere",
                advice="Set VAULT_ADDR to the active node: `vault status` names it.",
            )
        case status if status in _NO_VERDICT:
            return response
        case _:
            judge_status(response, VAULT)
            return response


def errors_of(response: httpx.Response) -> tuple[str, ...]:
    """The lines of `errors` and `warnings` in an answer; none where it has no JSON object."""
    try:
        body = object_of(response.json())
    except ValueError:
        return ()
    said = (body.get(name) for name in ("errors", "warnings"))
    return tuple(str(line) for lines in said if isinstance(lines, list) for line in cast(list[object], lines))


def object_of(value: object) -> Json:
    """A JSON object as it is; an empty one for anything else."""
    return cast(Json, value) if isinstance(value, dict) else {}
