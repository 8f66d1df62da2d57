"""What a token may do: its policies merged as Nomad merges them. Deny wins; else the most that any policy grants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from muster.nomad.embedded.access.rules import SCOPES, Granted, Rules

_RANK = {"": 0, "list": 1, "read": 2, "scale": 3, "write": 4, "deny": 5}
_NOTHING = frozenset[str]()


@dataclass(frozen=True)
class Permissions:
    """Answers whether a request may go on; a management token may do everything."""

    management: bool = False
    policies: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)

    def namespace(self, name: str, capability: str) -> bool:
        """Whether a capability is granted in a namespace."""
        return self.management or capability in _closest(self.rules.namespaces, name)

    def enters(self, name: str) -> bool:
        """Whether anything is granted in a namespace."""
        found = _closest(self.rules.namespaces, name)
        return self.management or bool(found and "deny" not in found)

    def host_volume(self, name: str, capability: str) -> bool:
        """Whether a host volume may be mounted so."""
        return self.management or capability in _closest(self.rules.host_volumes, name)

    def variable(self, namespace: str, path: str, capability: str) -> bool:
        """Whether a variable may be read, written, listed or destroyed."""
        found = _closest(_closest_paths(self.rules.paths, namespace), path)
        return self.management or ("deny" not in found and capability in found)

    def reads(self, scope: str) -> bool:
        """Whether a scope (agent, node, operator, plugin) may be read."""
        return self.management or self.rules.levels.get(scope) in ("read", "write")

    def lists(self, scope: str) -> bool:
        """Whether a scope may be listed."""
        return self.reads(scope) or self.rules.levels.get(scope) == "list"

    def writes(self, scope: str) -> bool:
        """Whether a scope may be written."""
        return self.management or self.rules.levels.get(scope) == "write"


EVERYTHING = Permissions(management=True)


def merge_rules(all_rules: Iterable[Rules]) -> Rules:
    """The rules of several policies as one."""
    found = list(all_rules)
    return Rules(
        namespaces=_merged(rules.namespaces for rules in found),
        host_volumes=_merged(rules.host_volumes for rules in found),
        paths=_merged_paths(found),
        levels={scope: _highest(rules.levels.get(scope, "") for rules in found) for scope in SCOPES},
    )


def _merged(granted: Iterable[Granted]) -> Granted:
    merged: dict[str, frozenset[str]] = {}
    for one in granted:
        for pattern, capabilities in one.items():
            both = merged.get(pattern, _NOTHING) | capabilities
            merged[pattern] = frozenset({"deny"}) if "deny" in both else both
    return merged


def _merged_paths(all_rules: list[Rules]) -> Mapping[str, Granted]:
    patterns = dict.fromkeys(pattern for rules in all_rules for pattern in rules.paths)
    return {pattern: _merged(rules.paths.get(pattern, {}) for rules in all_rules) for pattern in patterns}


def _highest(levels: Iterable[str]) -> str:
    return max(levels, key=lambda level: _RANK[level], default="")


def _closest(granted: Granted, name: str) -> frozenset[str]:
    """What the name itself grants, else the pattern that leaves the fewest characters to its stars."""
    pattern = _pattern(granted, name)
    return _NOTHING if pattern is None else granted[pattern]


def _closest_paths(paths: Mapping[str, Granted], name: str) -> Granted:
    pattern = _pattern(paths, name)
    return {} if pattern is None else paths[pattern]


def _pattern(patterns: Iterable[str], name: str) -> str | None:
    found = list(patterns)
    if name in found:
        return name
    fitting = sorted(pattern for pattern in found if "*" in pattern and glob_matches(pattern, name))
    return min(fitting, key=lambda pattern: len(name) - len(pattern) + pattern.count("*"), default=None)


def glob_matches(pattern: str, name: str) -> bool:
    """Whether a pattern, in which `*` stands for any characters, fits the whole name."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == name
    if not name.startswith(first) or not name.endswith(rest[-1]) or len(name) < len(first) + len(rest[-1]):
        return False
    at, end = len(first), len(name) - len(rest[-1])
    for part in rest[:-1]:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
