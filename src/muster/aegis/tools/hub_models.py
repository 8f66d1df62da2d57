"""Models of a hub, brought into a folder of ours: pinned to a commit, whole or not at all, checked, never pickled."""

import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from muster.aegis.tools.hub_client import HubClient, HubFile, HubListing
from muster.core.errors import ServiceFailureError, SourceError, UnreachableError

WEIGHTS = ".safetensors"
_SUFFIXES = (WEIGHTS, ".json", ".txt", ".jinja")
_MOST_SMALL = 64 * 2**20
"""Of a file that is no weights: tokenizers have some 20 MB."""
_RESERVE = 2**30
"""What stays free on the disk."""
_ID = re.compile(r"[\w-][\w.-]{0,95}/[\w-][\w.-]{0,95}")
_NAME = re.compile(r"[\w-][\w.-]{0,199}")
_SHA = re.compile(r"[0-9a-f]{40}")
_WHOLE = ".whole"
_TRIES = 5
"""Of a file that is cut off on its way."""


@dataclass(frozen=True)
class Fetched:
    """A model's folder, and what of it is here. `weights` are all that the hub has, fetched or not."""

    folder: Path
    sha: str
    weights: tuple[HubFile, ...] = ()


@dataclass(frozen=True)
class HubModels:
    """Keeps models as `root/OWNER--NAME/COMMIT`. `tell` gets what is fetched, and how large it is."""

    client: HubClient
    root: Path
    tell: Callable[[str], None]

    def fetch(self, model: str, revision: str | None, *, weights: bool) -> Fetched:
        """Bring it here; a commit that is whole here is not asked for again. What a process before this one has
        fetched is kept, within a file too.

        Raises SourceError where it is not there, has no safetensors, does not fit the disk or its checksums,
        AccessDeniedError for one that wants a token, UnreachableError where the hub is away.
        """
        if revision and (self.folder(model, revision) / _WHOLE).is_file():
            return Fetched(self.folder(model, revision), revision)
        listing = self._listing(model, revision or "main")
        folder = self.folder(model, listing.sha)
        if (folder / _WHOLE).is_file():
            return Fetched(folder, listing.sha)
        files = _wanted(model, listing)
        stored = tuple(one for one in files if one.name.endswith(WEIGHTS))
        self._bring(model, listing.sha, files if weights else tuple(one for one in files if one not in stored))
        if weights:
            (folder / _WHOLE).touch()
        return Fetched(folder, listing.sha, stored)

    def folder(self, model: str, sha: str) -> Path:
        """Where that commit lies, or would."""
        known = _SHA.fullmatch(sha) is not None
        return self.root / model.replace("/", "--") / (sha if known else "unknown")

    def _listing(self, model: str, revision: str) -> HubListing:
        try:
            return self.client.listing(model, revision)
        except UnreachableError as error:
            here = sorted(mark.parent.name for mark in (self.root / model.replace("/", "--")).glob(f"*/{_WHOLE}"))
            known = f"model.revision: {here[0]} is here already." if here else "Or name a folder by model.path."
            raise UnreachableError(error.message, advice=f"{error.advice} {known}") from error

    def _bring(self, model: str, sha: str, files: Sequence[HubFile]) -> None:
        folder = self.folder(model, sha)
        folder.mkdir(parents=True, exist_ok=True)
        for above in (folder, folder.parent):
            above.chmod(0o755)  # a sandbox of root's reads them as nobody
        missing = [one for one in files if not (folder / one.name).is_file()]
        size = sum(one.size for one in missing)
        free = shutil.disk_usage(folder).free - _RESERVE
        if size > free:
            raise SourceError(
                f"{model} takes {_shown(size)}, and {_shown(max(0, free))} may be used in {self.root}",
                advice="Free some space, or set MUSTER_HOME to a larger disk.",
            )
        if missing:
            self.tell(f"fetching {model} at {sha[:12]}: {_shown(size)} in {len(missing)} files, to {folder}")
        for file in missing:
            self._fetch(model, sha, file, folder / file.name)

    def _fetch(self, model: str, sha: str, file: HubFile, target: Path) -> None:
        """Into `FILE.part` first, which is gone on with while something comes."""
        part = target.with_name(f"{target.name}.part")
        for tried in range(1, _TRIES + 1):
            before = part.stat().st_size if part.exists() else 0
            try:
                with part.open("ab") as written:
                    if before < file.size:
                        written.writelines(self.client.read(model, sha, file, before))
                break
            except UnreachableError:
                if tried == _TRIES or part.stat().st_size == before:
                    raise
        _check(model, file, part)
        part.chmod(0o644)
        part.replace(target)
        if file.size > _MOST_SMALL:
            self.tell(f"fetched {file.name}: {_shown(file.size)}")


def is_hub_id(path: str) -> bool:
    """Whether it can only be the id of a model on a hub: `owner/name`, and no folder here."""
    return _ID.fullmatch(path) is not None and not Path(path).exists()


def _wanted(model: str, listing: HubListing) -> tuple[HubFile, ...]:
    """Config, tokenizer and weights of the top folder. What has no checksum is not fetched."""
    plain = [one for one in listing.files if _NAME.fullmatch(one.name) and one.name.endswith(_SUFFIXES)]
    files = tuple(one for one in plain if not one.name.startswith("consolidated"))  # the same weights once more
    if not any(one.name.endswith(WEIGHTS) for one in files):
        pickled = any(one.name.endswith((".bin", ".pt", ".pth", ".ckpt")) for one in listing.files)
        told = "its weights are pickled, which are never fetched" if pickled else "it has no weights"
        raise SourceError(f"{model} can't be used: {told}", advice="Take a model that has safetensors.")
    for one in files:
        if not (one.sha256 or one.blob):
            raise ServiceFailureError(f"the hub tells no checksum of {one.name} of {model}")
        if one.size > _MOST_SMALL and not one.name.endswith(WEIGHTS):
            raise SourceError(f"{one.name} of {model} has {_shown(one.size)}, and {_shown(_MOST_SMALL)} is the most")
    return files


def _check(model: str, file: HubFile, part: Path) -> None:
    """Raises SourceError, and drops what was fetched, where it is not what the hub told."""
    size = part.stat().st_size
    if file.sha256:
        digest, seen = hashlib.sha256(), file.sha256
    else:  # git's blob: its head, then the bytes
        digest, seen = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False), file.blob
    with part.open("rb") as opened:
        while some := opened.read(2**20):
            digest.update(some)
    if size != file.size or digest.hexdigest() != seen:
        part.unlink()
        raise SourceError(
            f"{file.name} of {model} is damaged: its checksum is not the one that the hub tells",
            advice="Run this again: it is fetched anew.",
        )


def _shown(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.1f} MiB"
