"""Who may do what in Vault: the paths of its policies."""

import re
from collections.abc import Iterable
from typing import Any, cast

from muster.nomad.embedded.access.rules_text import RulesTextError, read_tables
from muster.nomad.embedded.vault.state import VaultState

Json = dict[str, Any]
ROOT = "root"
DEFAULT = "default"
DEFAULT_POLICY = """
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }
path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
"""
"""What every token may do; read from hashicorp/vault v1.4.3, as far as it is served here."""
_OLD = {"read": ["read", "list"], "write": ["create", "read", "update", "delete", "list"], "deny": ["deny"]}


def policy_text(vault: VaultState, name: str) -> str | None:
    """A policy's text; the root policy has none, the default one is ours unless it was written."""
    if name == ROOT:
        return ""
    return vault.policies.get(name, DEFAULT_POLICY if name == DEFAULT else None)


def paths_of(text: str) -> dict[str, list[str]]:
    """Capabilities by path pattern. Raises RulesTextError for a text that is no policy."""
    table = read_tables(text)
    unknown = [key for key in table if key not in ("path", "name")]
    if unknown:
        raise RulesTextError(f'invalid key "{unknown[0]}" on line 1')
    found: dict[str, list[str]] = {}
    for pattern, block in cast("dict[str, Json]", table.get("path") or {}).items():
        old = _OLD.get(str(block.get("policy", "")), [])
        found[pattern] = [*cast("list[str]", block.get("capabilities") or []), *old]
    return found


def capabilities(vault: VaultState, policies: Iterable[str], path: str) -> list[str]:
    """What policies allow on a path, in order: that of the most exact pattern counts, a denial beats all."""
    if ROOT in policies:
        return [ROOT]
    texts = [text for name in policies if (text := policy_text(vault, name))]
    matching = [(_rank(pattern), granted) for text in texts for pattern, granted in _matching(text, path)]
    best = max((rank for rank, _ in matching), default=None)
    found = {one for rank, granted in matching if rank == best for one in granted}
    return ["deny"] if not found or "deny" in found else sorted(found)


def may(vault: VaultState, policies: Iterable[str], path: str, capability: str) -> bool:
    """Whether policies allow one thing on a path."""
    found = capabilities(vault, policies, path)
    return ROOT in found or capability in found


def _matching(text: str, path: str) -> list[tuple[str, list[str]]]:
    return [(pattern, granted) for pattern, granted in paths_of(text).items() if _fits(pattern, path)]


def _fits(pattern: str, path: str) -> bool:
    """`+` is one segment, a `*` at the end is anything."""
    open_end = pattern.endswith("*")
    segments = re.escape(pattern.removesuffix("*")).replace(r"\+", "[^/]+")
    return re.fullmatch(segments + (".*" if open_end else ""), path) is not None


def _rank(pattern: str) -> tuple[int, int, int]:
    """Vault's order: the later the first wildcard, the better; then no open end; then the longer."""
    first = min((at for at in (pattern.find("+"), pattern.find("*")) if at >= 0), default=len(pattern) + 1)
    return first, 0 if pattern.endswith("*") else 1, len(pattern)
