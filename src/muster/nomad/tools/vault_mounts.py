"""Which KV engine a path of Vault lies in, and of which version: asked as far as the token may, else by convention."""

from dataclasses import dataclass, field
from typing import Literal

from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.tools.vault_http import Json, VaultHttp, errors_of, object_of

_KV = ("kv", "generic")
"""`generic` is KV version 1 by its older name."""


@dataclass(frozen=True)
class NoMount:
    """There is no KV engine at that path; `kind` is what is mounted there, if anything."""

    kind: str = ""


@dataclass
class VaultMounts:
    """Finds mounts; an answer is asked for once."""

    http: VaultHttp
    _known: dict[str, SecretMount] = field(default_factory=dict[str, SecretMount])

    def all(self) -> tuple[SecretMount, ...]:
        """The KV engines that the token sees."""
        return tuple(found for path, item in self._listed().items() if (found := _kv(path, item)))

    def of(self, path: str) -> SecretMount | NoMount:
        """The engine of a path, by `sys/internal/ui/mounts/PATH`, by `sys/mounts`, or by convention."""
        known = next((one for one in self._known.values() if _within(path, one.path)), None)
        found = known or self._asked(path) or self._among_all(path) or self._by_convention(path)
        if isinstance(found, SecretMount):
            self._known[found.path] = found
        return found

    def _asked(self, path: str) -> SecretMount | NoMount | None:
        answer = self.http.mount_of(path)
        if answer.status_code != 200:
            return None
        item = self.http.data(answer)
        where = str(item.get("path") or "").strip("/")
        return (_kv(where, item) or NoMount(str(item.get("type") or ""))) if where else None

    def _among_all(self, path: str) -> SecretMount | NoMount | None:
        listed = self.http.mounts()
        if listed.status_code != 200:
            return None
        mounts = _items(self.http.data(listed))
        where = max((one for one in mounts if _within(path, one)), key=len, default=None)
        if where is None:
            return NoMount()
        return _kv(where, mounts[where]) or NoMount(str(mounts[where].get("type") or ""))

    def _by_convention(self, path: str) -> SecretMount | NoMount:
        """The first part of the path, of the version that its lists look like; of version 2 where none may be seen."""
        mount = path.partition("/")[0]
        newer, older = (self.http.list_names(mount, "", version) for version in (2, 1))
        if "no handler for route" in " ".join(errors_of(older)):
            return NoMount()
        plain = newer.status_code == 404 and older.status_code == 200
        return SecretMount(path=mount, version=1 if plain else 2)

    def _listed(self) -> dict[str, Json]:
        seen = self.http.seen_mounts()
        if seen.status_code == 200:
            return _items(object_of(self.http.data(seen).get("secret")))
        listed = self.http.mounts()
        return _items(self.http.data(listed)) if listed.status_code == 200 else {}


def _items(mounts: Json) -> dict[str, Json]:
    return {path.strip("/"): object_of(item) for path, item in mounts.items()}


def _kv(path: str, item: Json) -> SecretMount | None:
    if item.get("type") not in _KV:
        return None
    version: Literal[1, 2] = 2 if str(object_of(item.get("options")).get("version")) == "2" else 1
    return SecretMount(path=path, version=version)


def _within(path: str, mount: str) -> bool:
    return path == mount or path.startswith(f"{mount}/")
