"""Who asks, and what they may: API keys with scopes, of which a file holds the SHA-256 alone.

A key is 32 random bytes, so its plain hash gives nothing away; a slow hash is for words that people choose.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from muster.core.errors import SettingsError

_PREFIX = "mk_"
_MOST_BYTES = 1_000_000
Scope = Annotated[str, StringConstraints(pattern=r"^[a-z]+:[a-z]+$")]


class ApiKey(BaseModel):
    """An entry of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    scopes: frozenset[Scope] = Field(min_length=1)
    requests_per_s: float = Field(default=50, gt=0, le=100_000)


class _KeyFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[ApiKey, ...] = Field(min_length=1, max_length=1000)


@dataclass(frozen=True)
class Caller:
    """Who asks. `requests_per_s` None: as often as they like."""

    name: str
    scopes: frozenset[str]
    requests_per_s: float | None = None

    def may(self, scope: str) -> bool:
        """Whether one of the scopes is that; `local` has all."""
        return scope in self.scopes or "*" in self.scopes


LOCAL = Caller("local", frozenset({"*"}))
"""Whoever asks from this machine, where no keys are configured."""


def read_keys(file: Path | None) -> tuple[ApiKey, ...]:
    """The keys of a YAML file (`keys:` and a list of entries); no file, no keys.

    Raises SettingsError naming each mistake; hashes are not repeated.
    """
    if file is None:
        return ()
    try:
        raw = file.read_bytes()[: _MOST_BYTES + 1]
        keys = _KeyFile.model_validate(yaml.safe_load(raw.decode())).keys
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"the file of API keys {file} can't be read: {type(error).__name__}") from error
    except ValidationError as error:
        said = "\n".join(f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"the file of API keys {file} is wrong:\n{said}") from error
    if len({key.name for key in keys}) < len(keys) or len({key.sha256 for key in keys}) < len(keys):
        raise SettingsError(f"the file of API keys {file} names one twice", advice="Each has a name of its own.")
    return keys


def new_key(name: str, scopes: Iterable[str]) -> tuple[str, ApiKey]:
    """A key, which is shown once, and its entry. Raises pydantic's ValidationError for a name or scope that is none."""
    plain = _PREFIX + secrets.token_urlsafe(32)
    return plain, ApiKey(name=name, sha256=_sha256(plain), scopes=frozenset(scopes))


def caller_of(keys: Sequence[ApiKey], given: str) -> Caller | None:
    """Whose key that is. All are compared, each in constant time."""
    digest = _sha256(given)
    found: Caller | None = None
    for key in keys:
        if hmac.compare_digest(digest, key.sha256):
            found = Caller(key.name, key.scopes, key.requests_per_s)
    return found


def check_binding(host: str, keys: Sequence[ApiKey]) -> None:
    """Raises SettingsError for an address beyond this machine without keys: anybody could ask for anything."""
    if not keys and not is_loopback(host):
        raise SettingsError(
            f"listening at {host} without API keys would let anybody in",
            advice="Configure a file of keys, or listen at 127.0.0.1.",
        )


def is_loopback(host: str) -> bool:
    """Whether that names this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
