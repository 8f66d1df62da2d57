"""Which folders and files of a repository are not its own: `.gitignore` files, dependencies, build output, caches."""

import re
from dataclasses import dataclass
from typing import cast

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

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
class Rules:
    """The rules of one `.gitignore`; `speaks` is one expression that finds a path that some rule may be about."""

    prefix: str
    spec: GitIgnoreSpec
    speaks: "re.Pattern[str]"

    def verdict(self, path: str) -> bool | None:
        """Whether a path below is ignored; None where no rule is about it."""
        inner = path[len(self.prefix) :]
        return self.spec.check_file(inner).include if self.speaks.search(inner) else None


@dataclass(frozen=True)
class Ignores:
    """The `.gitignore` rules in force in one folder: its own and those of the folders above it."""

    layers: tuple[Rules, ...] = ()

    def below(self, prefix: str, text: str) -> "Ignores":
        """These rules and the ones of a folder below; `prefix` is its path with a slash, "" for the root itself."""
        patterns = [pattern for line in text.splitlines() if (pattern := _pattern(line))]
        if not patterns:
            return self
        either = "|".join(f"(?:{_unnamed(pattern)})" for pattern in patterns)
        return Ignores((*self.layers, Rules(prefix, GitIgnoreSpec(patterns), re.compile(either))))

    def ignores(self, path: str, *, folder: bool = False) -> bool:
        """Whether the path is ignored. As in git, the deepest file that speaks about it decides."""
        for rules in reversed(self.layers):
            verdict = rules.verdict(f"{path}/" if folder else path)
            if verdict is not None:
                return verdict
        return False


def _pattern(line: str) -> GitIgnoreSpecPattern | None:
    """The pattern of a line where it makes sense (git, too, passes over one that doesn't) and is cheap: a hostile one
    with many stars would be matched in exponential time."""
    if line.replace("**", "").count("*") > _MAX_STARS:
        return None
    try:
        pattern = GitIgnoreSpecPattern(line)
    except (ValueError, re.error):
        return None
    return pattern if pattern.include is not None else None


def _unnamed(pattern: GitIgnoreSpecPattern) -> str:
    """The expression without its groups' names, which may stand only once in a larger one."""
    regex = cast("re.Pattern[str] | None", pattern.regex)  # the library's own type leaves out what it matches
    return re.sub(r"\(\?P<\w+>", "(?:", regex.pattern if regex else "")
