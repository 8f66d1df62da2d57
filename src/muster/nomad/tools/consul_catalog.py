"""Consul as nomad-spec's catalog: its services with their health, and its key-value store."""

import base64
import binascii
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from pydantic import JsonValue, SecretStr

from muster.core.errors import ServiceFailureError
from muster.core.observability.tracing import span
from muster.nomad.domain.estate.catalog import CatalogService, ServiceEndpoint, StoredValue
from muster.nomad.tools.consul_checks import count_instances, endpoint_of
from muster.nomad.tools.consul_http import ANSWER_S, ConsulHttp, fail_strange, path_of
from muster.nomad.tools.consul_rights import missing_rights

UNCHECKED_MOST = 20
"""Services without a check of their own that are asked for one by one."""


class ConsulCatalog:
    """Satisfies `Catalog`. Threads may share it."""

    def __init__(self, http: ConsulHttp) -> None:
        self._http = http

    def services(self) -> tuple[CatalogService, ...]:
        """Every service that the token sees, by name.

        Two requests tell all of those that have checks. One without any is asked for itself, the first 20 of them:
        of the rest it is only known that they exist (no instances). Raises a ServiceError.
        """
        with span("query_consul_services", kind="tool") as current:
            found = tuple(self._services())
            current.output({one.name: f"{one.passing} of {one.instances} passing" for one in found})
            return found

    def filtered(self) -> str:
        """Why lists may be incomplete, and what to do; empty where they are whole. Raises a ServiceError."""
        return missing_rights(self._http)

    def endpoints(self, service: str) -> tuple[ServiceEndpoint, ...]:
        """The instances of a service, passing or not; none for an unknown one. Raises a ServiceError."""
        found = self._http.get(path_of("health/service", service))
        return tuple(endpoint_of(service, row) for row in self._http.rows(found))

    def keys(self, prefix: str) -> tuple[str, ...]:
        """The keys that begin with the prefix. Raises a ServiceError."""
        body = self._http.json(self._http.get(path_of("kv", prefix), params={"keys": ""}))
        return tuple(str(key) for key in body) if isinstance(body, list) else ()

    def value(self, key: str) -> StoredValue | None:
        """The value at a key; None where there is none.

        Raises AccessDeniedError where the token may not read it (a key that is not there is then denied too), and
        ServiceFailureError for bytes that are no text.
        """
        rows = self._http.rows(self._http.get(path_of("kv", key)))
        return _stored(rows[0]) if rows else None

    def write(self, key: str, text: str, *, base_index: int) -> bool:
        """Write if the key is still at that index (0: absent). Raises as `value` does; nothing was written then."""
        answer = self._http.put(path_of("kv", key), text, params={"cas": str(base_index)})
        return self._http.json(answer) is True

    def _services(self) -> Generator[CatalogService]:
        listed = self._http.get(path_of("catalog/services"))
        named = self._http.json(listed)
        if not isinstance(named, dict):
            fail_strange(listed)
            return
        counts = count_instances(self._http.rows(self._http.get(path_of("health/state/any"))))
        unchecked = [name for name in sorted(named) if name not in counts][:UNCHECKED_MOST]
        for name in sorted(named):
            instances, passing = self._alone(name) if name in unchecked else counts.get(name, (0, 0))
            yield CatalogService(name=name, tags=_texts(named[name]), instances=instances, passing=passing)

    def _alone(self, name: str) -> tuple[int, int]:
        found = self.endpoints(name)
        return len(found), sum(one.passing for one in found)


@contextmanager
def open_consul(
    address: str,
    *,
    token: SecretStr | None = None,
    ca_file: Path | None = None,
    timeout_s: float = ANSWER_S,
) -> Generator[ConsulCatalog]:
    """The catalog at that address, until the block ends. Raises SettingsError for an address or CA file of no use."""
    with span("start_consul_client", kind="tool", input=address):
        http = ConsulHttp(address, token=token, ca_file=ca_file, timeout_s=timeout_s)
    try:
        yield ConsulCatalog(http)
    finally:
        http.close()


def _stored(row: dict[str, JsonValue]) -> StoredValue:
    key = str(row.get("Key", ""))
    try:
        text = base64.b64decode(str(row.get("Value") or ""), validate=True).decode()
        return StoredValue(key=key, text=text, index=cast(int, row["ModifyIndex"]))
    except (binascii.Error, UnicodeDecodeError, KeyError) as error:
        raise ServiceFailureError(
            f"Consul's key {key} holds bytes that are no text", advice=f"Look at it: consul kv get {key}"
        ) from error


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
