"""Vault's memory: versioned secrets, plain secrets, policies, tokens, and whether it is sealed."""

from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]
DEFAULT_MAX_VERSIONS = 10
"""What the engine keeps where a secret's metadata says 0."""


@dataclass(frozen=True)
class Version:
    """One version of a secret; None is "never" for times, and "gone for good" for data."""

    number: int
    created_ns: int
    data: Json | None
    deleted_ns: int | None = None

    @property
    def destroyed(self) -> bool:
        """Whether nothing of it is left."""
        return self.data is None


@dataclass(frozen=True)
class Secret:
    """A secret of the versioned engine, oldest version first."""

    created_ns: int
    updated_ns: int
    versions: tuple[Version, ...] = ()
    current: int = 0
    cas_required: bool = False
    max_versions: int = 0

    def version(self, number: int) -> Version | None:
        """A version by its number; 0 is the current one."""
        return next((one for one in self.versions if one.number == (number or self.current)), None)

    def written(self, data: Json, now_ns: int) -> "Secret":
        """With a new version; the oldest go where there are too many."""
        version = Version(self.current + 1, now_ns, data)
        kept = (*self.versions, version)[-(self.max_versions or DEFAULT_MAX_VERSIONS) :]
        return replace(self, updated_ns=now_ns, versions=kept, current=version.number)

    def changed(self, numbers: list[int], **changes: Any) -> "Secret":
        """With these versions changed."""
        touched = tuple(replace(one, **changes) if one.number in numbers else one for one in self.versions)
        return replace(self, versions=touched)


@dataclass
class VaultState:
    """What Vault keeps; paths are those below the mount, policies are texts by name, tokens tables by secret id."""

    sealed: bool = False
    secrets: dict[str, Secret] = field(default_factory=dict[str, Secret])
    plain: dict[str, Json] = field(default_factory=dict[str, Json])
    policies: dict[str, str] = field(default_factory=dict[str, str])
    tokens: dict[str, Json] = field(default_factory=dict[str, Json])

    def write_secret(self, path: str, data: Json, now_ns: int) -> None:
        """Add a version."""
        before = self.secrets.get(path) or Secret(now_ns, now_ns)
        self.secrets[path] = before.written(data, now_ns)

    def delete_versions(self, path: str, numbers: list[int], now_ns: int | None) -> None:
        """Mark versions deleted, or not deleted any more where `now_ns` is None."""
        self.secrets[path] = self.secrets[path].changed(numbers, deleted_ns=now_ns)

    def destroy_versions(self, path: str, numbers: list[int]) -> None:
        """Forget what versions held."""
        self.secrets[path] = self.secrets[path].changed(numbers, data=None)

    def set_metadata(self, path: str, now_ns: int, *, cas_required: bool, max_versions: int) -> None:
        """Set a secret's own rules, making it where it is not."""
        before = self.secrets.get(path) or Secret(now_ns, now_ns)
        self.secrets[path] = replace(before, cas_required=cas_required, max_versions=max_versions)
