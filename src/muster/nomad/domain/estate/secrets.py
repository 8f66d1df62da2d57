"""What Vault says about a path: which keys it holds, or why that can't be known. Values are never read."""

from typing import Annotated, Literal

from pydantic import Field

from muster.nomad.domain.values import Part


class SecretMount(Part):
    """A KV engine: where it is mounted (`secret`) and its version."""

    path: str
    version: Literal[1, 2]


class SecretFound(Part):
    """A path that holds something. `path` is as Nomad reads it: with `data/` below a mount of version 2."""

    kind: Literal["found"] = "found"
    path: str
    mount: str
    version: Literal[1, 2]
    keys: tuple[str, ...] | None = None
    """Names of its fields; None where this Vault or this token does not tell them without the values."""


class SecretMissing(Part):
    """Nothing can be read at that path, and what to do about it."""

    kind: Literal["missing"] = "missing"
    path: str
    reason: Literal["absent", "deleted", "destroyed", "no_mount", "other_engine", "no_data_prefix"]
    advice: str


class SecretDenied(Part):
    """The token may not look there, which says nothing about whether there is something."""

    kind: Literal["denied"] = "denied"
    path: str
    advice: str


SecretLookup = Annotated[SecretFound | SecretMissing | SecretDenied, Field(discriminator="kind")]
