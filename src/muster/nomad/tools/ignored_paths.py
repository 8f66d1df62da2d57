"""Which folders and files of a repository are not its own: `.gitignore` files, dependencies, build output, caches."""

import re
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

# Never source, whatever a .gitignore says. `build` is missing on purpose: many projects keep their Dockerfiles there.
SKIPPED_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", ".jj",
        "node_modules", "bower_components", "vendor", "site-packages", ".venv", "venv", ".bundle",
        "__pycache__", ".tox", ".nox", ".eggs", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".cache", "coverage",
        "dist", "target", ".next", ".nuxt", ".output", ".turbo", ".parcel-cache", ".gradle", ".terraform",
    }
)  # fmt: skip
# A folder that holds this file is a virtual environment, whatever it is called.
ENVIRONMENT_MARK = "pyvenv.cfg"

_MAX_STARS = 3


@dataclass(frozen=True)
class Ignores:
    """The `.gitignore` rules in force in one folder: its own and those of the folders above it."""

    layers: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def below(self, prefix: str, text: str) -> "Ignores":
        """These rules and the ones of a folder below; `prefix` is its path with a slash, "" for the root itself."""
        spec = GitIgnoreSpec.from_lines([line for line in text.splitlines() if _usable(line)])
        return Ignores((*self.layers, (prefix, spec)))

    def ignores(self, path: str, *, folder: bool = False) -> bool:
        """Whether the path is ignored. As in git, the deepest file that speaks about it decides."""
        for prefix, spec in reversed(self.layers):
            verdict = spec.check_file(path.removeprefix(prefix) + ("/" if folder else "")).include
            if verdict is not None:
                return verdict
        return False


def _usable(line: str) -> bool:
    """Whether the pattern makes sense (git, too, passes over one that doesn't) and is cheap: a hostile one with many
    stars would be matched in exponential time."""
    if line.replace("**", "").count("*") > _MAX_STARS:
        return False
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True
