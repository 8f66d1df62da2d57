"""Splits the words after a docker command into options and the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

# Every other option takes a value.
_FLAGS = frozenset(
    {
        "--no-cache", "--pull", "--push", "--load", "--rm", "--quiet", "--squash", "--compress", "--force-rm",
        "--detach", "--interactive", "--tty", "--privileged", "--init", "--publish-all", "--read-only",
        "--no-healthcheck", "--sig-proxy", "--disable-content-trust", "--oom-kill-disable", "--all-tags", "--debug",
        "--check", "--help",
    }
)  # fmt: skip
_RUN_FLAGS = frozenset("ditP")
_FEW_FLAGS = frozenset("qa")


@dataclass(frozen=True)
class Options:
    """Pairs of an option and its value (empty for a flag), in their order, and the words that are no option."""

    pairs: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()

    def every(self, *names: str) -> tuple[str, ...]:
        """The values of an option, by any of its names."""
        return tuple(value for name, value in self.pairs if name in names)

    def one(self, *names: str) -> str | None:
        """The option's last value: the later wins."""
        return next(iter(reversed(self.every(*names))), None)

    def has(self, *names: str) -> bool:
        """Whether it is there at all."""
        return any(name in names for name, _ in self.pairs)


def split_options(words: Iterable[str], *, until_word: bool = False) -> Options:
    """Options and words. `until_word`: as after `docker run`, where all from the image on is words and -t a flag."""
    pairs: list[tuple[str, str]] = []
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if (until_word and rest) or not word.startswith("-") or word == "-":
            rest.append(word)
        elif word == "--":
            rest += left
            break
        else:
            pairs += _option(word, left, _RUN_FLAGS if until_word else _FEW_FLAGS)
    return Options(tuple(pairs), tuple(rest))


def _option(word: str, left: list[str], flags: frozenset[str]) -> list[tuple[str, str]]:
    """What one option word means; its value is taken from `left` where it is the next word."""
    name, equals, value = word.partition("=")
    if equals:
        return [(name, value)]
    if word in _FLAGS:
        return [(word, "")]
    if not word.startswith("--") and set(word[1:]) <= flags:
        return [(f"-{letter}", "") for letter in word[1:]]
    if not word.startswith("--") and len(word) > 2:
        return [(word[:2], word[2:])]  # `-p8080:80`
    return [(word, left.pop(0) if left else "")]
