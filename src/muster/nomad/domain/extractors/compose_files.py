"""Which compose file of a repository counts, and the override that is laid over it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import basename, dirname, join

from muster.nomad.domain.extractors.extractor import Files
from muster.nomad.domain.occasions import is_occasional

# In the order in which Docker looks for them.
BASE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
COMPOSE_GLOBS = (
    *BASE_NAMES,
    "*compose*.yaml",
    "*compose*.yml",
    "common*.yml",
    "common*.yaml",
    ".env",
    ".env.*",
    "*.env",
)
"""What must be read to understand a compose file: others that it extends, and environment files."""
_NAME = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml|[\w.-]+[.-](?:docker-)?compose\.ya?ml")
_DEVELOPMENT = re.compile(r"(?:^|/)\.devcontainer/")


@dataclass(frozen=True)
class Chosen:
    """The compose file that counts, its override if there is one, and why each of the others does not."""

    base: str
    override: str | None
    left_out: tuple[tuple[str, str], ...]


def choose_files(files: Files) -> Chosen | None:
    """The compose file nearest to the root, by the name that Docker would look for; None where there is none but
    those of development containers.

    Only `*.override.*` is laid over it. Others in the same folder are for other occasions (`-f` names them), others
    in other folders are other applications.
    """
    paths = [path for path in files if _NAME.fullmatch(basename(path))]
    bases = [path for path in paths if ".override." not in basename(path) and not _DEVELOPMENT.search(path)]
    if not bases:
        return None
    base = min(bases, key=_order)
    override = _override_of(base, paths)
    others = sorted(path for path in paths if path not in (base, override))
    return Chosen(base, override, tuple((path, _why_not(path, base)) for path in others))


def _order(path: str) -> tuple[bool, int, int, int, str]:
    """Examples and tests last; then what is nearest to the root; Docker's own order of names; the plainest name."""
    name = basename(path)
    rank = BASE_NAMES.index(name) if name in BASE_NAMES else len(BASE_NAMES) + ("prod" not in name)
    return is_occasional(path), path.count("/"), rank, len(name), path


def _override_of(base: str, paths: Iterable[str]) -> str | None:
    stem, ending = basename(base).rsplit(".", 1)
    names = [join(dirname(base), f"{stem}.override.{one}") for one in (ending, "yaml", "yml")]
    return next((name for name in names if name in paths), None)


def _why_not(path: str, base: str) -> str:
    if dirname(path) == dirname(base) and basename(base) in BASE_NAMES:
        return f"`docker compose` takes {basename(base)} unless told otherwise"
    if dirname(path) == dirname(base):
        return f"{basename(base)} is taken instead; call the other one compose.yaml to use it"
    return f"{base} is taken instead; give its folder to use it"
