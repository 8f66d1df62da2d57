"""Vault as a list of secrets' names: KV versions 1 and 2, by hvac, with a token. A value is never asked for.

Key names come from the `subkeys` endpoint (KV version 2, Vault 1.10 and later); elsewhere nothing tells them without
the values, so they are not known.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from httpx import Response
from pydantic import SecretStr

from muster.core.clock import Clock
from muster.core.errors import AccessDeniedError
from muster.core.observability.tracing import span
from muster.nomad.domain.estate.secrets import SecretDenied, SecretFound, SecretLookup, SecretMissing, SecretMount
from muster.nomad.tools.vault_http import ANSWER_S, Json, VaultHttp, errors_of, object_of
from muster.nomad.tools.vault_mounts import NoMount, VaultMounts

_PREFIXES = ("data/", "metadata/")


class VaultSecrets:
    """Satisfies `Secrets`. Every method raises a ServiceError as `VaultHttp` does, and for an invalid token."""

    def __init__(self, http: VaultHttp, clock: Clock) -> None:
        self._http = http
        self._clock = clock
        self._mounts = VaultMounts(http)
        self._valid = False

    def mounts(self) -> tuple[SecretMount, ...]:
        """The KV engines that the token sees."""
        with span("list_vault_mounts", kind="tool") as current:
            found = self._mounts.all()
            if not found:
                self._check_token()  # who is nobody sees nothing, and is not told so
            current.output([one.path for one in found])
            return found

    def list(self, path: str) -> tuple[str, ...]:
        """The names below a path; empty where there is nothing to be seen."""
        with span("list_vault_secrets", kind="tool", input=path) as current:
            names = self._names(path)
            current.output(names)
            return names

    def look_up(self, path: str) -> SecretLookup:
        """What lies at a path, given with or without `data/`."""
        with span("look_up_vault_secret", kind="tool", input=path) as current:
            found = self._look_up(path.strip("/"))
            current.output(found)
            return found

    def _names(self, path: str) -> tuple[str, ...]:
        mount = self._mount_of(path.strip("/"))
        if not isinstance(mount, SecretMount):
            return ()
        answer = self._http.list_names(mount.path, _below(path.strip("/"), mount), mount.version)
        if answer.status_code == 403:
            self._check_token()
        return _keys(self._http.data(answer), "keys") if answer.status_code == 200 else ()

    def _look_up(self, path: str) -> SecretLookup:
        mount = self._mount_of(path)
        if isinstance(mount, NoMount):
            return _no_mount(path, mount)
        below = _below(path, mount)
        return self._versioned(mount, below) if mount.version == 2 else self._plain(mount, below)

    def _mount_of(self, path: str) -> SecretMount | NoMount:
        """The engine; none for a path that HTTP would change on its way."""
        odd = not path or any(part in ("", ".", "..") for part in path.split("/"))
        return NoMount() if odd else self._mounts.of(path)

    def _versioned(self, mount: SecretMount, below: str) -> SecretLookup:
        full = f"{mount.path}/data/{below}"
        answer = self._http.metadata(mount.path, below)
        if answer.status_code == 200:
            missing = _gone(full, f"{mount.path}/{below}", self._http.data(answer), self._clock.now())
            return missing or SecretFound(path=full, mount=mount.path, version=2, keys=self._subkeys(mount, below))
        if answer.status_code == 403:
            return self._denied(mount, below, full)
        return _absent(full, f"{mount.path}/{below}", answer)

    def _denied(self, mount: SecretMount, below: str, full: str) -> SecretLookup:
        """A token that may not read metadata may still be told the keys."""
        keys = self._subkeys(mount, below)
        if keys is not None:
            return SecretFound(path=full, mount=mount.path, version=2, keys=keys)
        self._check_token()
        policy = f'path "{mount.path}/metadata/{below}" {{ capabilities = ["read"] }}'
        return SecretDenied(path=full, advice=f"Give the policy of VAULT_TOKEN: {policy}; that reads no value.")

    def _plain(self, mount: SecretMount, below: str) -> SecretLookup:
        """Version 1 tells by a list of the folder alone; reading the secret itself would read its values."""
        path = f"{mount.path}/{below}"
        folder, _, name = below.rpartition("/")
        answer = self._http.list_names(mount.path, folder, 1)
        if answer.status_code == 403:
            self._check_token()
            policy = f'path "{mount.path}/{folder}" {{ capabilities = ["list"] }}'
            return SecretDenied(path=path, advice=f"Give the policy of VAULT_TOKEN: {policy}; that reads no value.")
        if answer.status_code == 200 and name in _keys(self._http.data(answer), "keys"):
            return SecretFound(path=path, mount=mount.path, version=1)
        return _absent(path, path, answer)

    def _subkeys(self, mount: SecretMount, below: str) -> tuple[str, ...] | None:
        answer = self._http.subkeys(mount.path, below)
        return _keys(self._http.data(answer), "subkeys") if answer.status_code == 200 else None

    def _check_token(self) -> None:
        """Tells a token that is worth nothing from one that may not do this. Raises AccessDeniedError."""
        if not self._valid and self._http.lookup_self().status_code == 403:
            raise AccessDeniedError(
                "Vault does not know the token, or it has expired",
                advice="Set VAULT_TOKEN to a valid one: `vault token lookup` tells, `vault login` makes one.",
            )
        self._valid = True


@contextmanager
def open_vault(
    address: str,
    clock: Clock,
    *,
    token: SecretStr | None = None,
    namespace: str | None = None,
    ca_file: Path | None = None,
    timeout_s: float = ANSWER_S,
) -> Generator[VaultSecrets]:
    """Vault's secrets. Nothing is asked before a method is called. Raises SettingsError for an unusable setting."""
    with span("start_vault_client", kind="tool", input=address):
        http = VaultHttp(address, token=token, namespace=namespace, ca_file=ca_file, timeout_s=timeout_s)
    with http:
        yield VaultSecrets(http, clock)


def _below(path: str, mount: SecretMount) -> str:
    """The path below its mount, without the `data/` that KV version 2 puts between."""
    below = path.removeprefix(mount.path).strip("/")
    if mount.version == 2:
        if below in ("data", "metadata"):
            return ""
        for prefix in _PREFIXES:
            below = below.removeprefix(prefix) if below.startswith(prefix) else below
    return below


def _gone(full: str, plain: str, metadata: Json, now: datetime) -> SecretMissing | None:
    """Why the newest version can't be read, where it can't."""
    newest = metadata.get("current_version") or 0
    version = object_of(object_of(metadata.get("versions")).get(str(newest)))
    if not version:
        return SecretMissing(path=full, reason="absent", advice=_put(plain))
    if version.get("destroyed"):
        return SecretMissing(path=full, reason="destroyed", advice=f"It is lost; write it anew: {_put(plain)}")
    if _is_past(str(version.get("deletion_time") or ""), now):
        return SecretMissing(path=full, reason="deleted", advice=f"vault kv undelete -versions={newest} {plain}")
    return None


def _is_past(time: str, now: datetime) -> bool:
    """Whether a moment is over; a version may be told to be deleted in the future."""
    return bool(time) and time[:19] <= now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _absent(path: str, plain: str, answer: Response) -> SecretMissing:
    said = " ".join(errors_of(answer))
    if "no handler for route" in said:
        return _no_mount(path, NoMount())
    if "versioned K/V" in said:
        mount, _, below = plain.partition("/")
        advice = f"The engine is of version 2, where secrets are read below data/: {mount}/data/{below}"
        return SecretMissing(path=path, reason="no_data_prefix", advice=advice)
    return SecretMissing(path=path, reason="absent", advice=_put(plain))


def _no_mount(path: str, found: NoMount) -> SecretMissing:
    what = f"an engine of type {found.kind}, no KV," if found.kind else "no KV engine"
    advice = f"There is {what} at this path: `vault secrets list` names the engines."
    return SecretMissing(path=path, reason="other_engine" if found.kind else "no_mount", advice=advice)


def _put(path: str) -> str:
    return f"vault kv put {path} KEY=VALUE"


def _keys(data: Json, name: str) -> tuple[str, ...]:
    found = data.get(name)
    return tuple(str(key) for key in cast(Iterable[object], found)) if isinstance(found, list | dict) else ()
