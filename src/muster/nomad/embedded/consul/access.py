"""Who may do what in Consul: its tokens and the rules of their policies."""

from dataclasses import dataclass, field
from typing import Any, Literal, cast

from starlette.requests import Request

from muster.nomad.embedded.access.rules_text import RulesTextError, read_tables
from muster.nomad.embedded.consul.state import ConsulState
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.desk import desk_of

Json = dict[str, Any]
Scope = Literal["key", "service", "node", "agent"]
ANONYMOUS = "00000000-0000-0000-0000-000000000002"
MANAGEMENT = "global-management"
DENIED, UNKNOWN = "Permission denied", "ACL not found"
LEVELS = {"deny": 0, "list": 1, "read": 2, "write": 3}


@dataclass(frozen=True)
class Rights:
    """What a token allows: everything, or what its rules say."""

    everything: bool = False
    rules: tuple[Json, ...] = field(default_factory=tuple[Json, ...])

    def reads(self, scope: Scope, name: str) -> bool:
        """Whether it may read one thing."""
        return self.everything or self._level(scope, name) >= LEVELS["read"]

    def writes(self, scope: Scope, name: str) -> bool:
        """Whether it may write one thing."""
        return self.everything or self._level(scope, name) >= LEVELS["write"]

    def manages(self, *, writing: bool) -> bool:
        """Whether it may see, or change, tokens and policies."""
        wanted = LEVELS["write" if writing else "read"]
        return self.everything or any(LEVELS.get(str(rule.get("acl")), 0) >= wanted for rule in self.rules)

    def _level(self, scope: Scope, name: str) -> int:
        """The most exact rule counts; of two as exact the one that denies, else the one that allows more."""
        found = [(rank, _policy(rule)) for table in self.rules for rank, rule in _matching(table, scope, name)]
        best = max((rank for rank, _ in found), default=None)
        levels = [LEVELS.get(policy, 0) for rank, policy in found if rank == best]
        return 0 if not levels or 0 in levels else max(levels)


def _matching(table: Json, scope: Scope, name: str) -> list[tuple[int, Json]]:
    exact = cast("dict[str, Json]", table.get(scope) or {})
    prefixes = cast("dict[str, Json]", table.get(f"{scope}_prefix") or {})
    found = [(len(prefix), rule) for prefix, rule in prefixes.items() if name.startswith(prefix)]
    return found + [(len(name) + 1, rule) for key, rule in exact.items() if key == name]


def _policy(rule: Json) -> str:
    return str(rule.get("policy", "deny"))


def secret_of(request: Request) -> str:
    """The token that a request carries: a header, a bearer, or the query."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return request.query_params.get("token") or request.headers.get("x-consul-token") or bearer


def find_token(consul: ConsulState, secret: str) -> Json | None:
    """The token of a secret."""
    return next((token for token in consul.tokens.values() if token["SecretID"] == secret), None)


def rights(request: Request) -> Rights:
    """What a request may do. Raises BadRequest for a token that is none."""
    desk = desk_of(request)
    if not desk.host.acl:
        return Rights(everything=True)
    consul, secret = desk.host.cluster.consul, secret_of(request)
    token = find_token(consul, secret) if secret else consul.tokens.get(ANONYMOUS, {"Policies": []})
    if token is None:
        raise BadRequest(403, UNKNOWN)
    names = [str(policy["Name"]) for policy in token["Policies"]]
    if MANAGEMENT in names:
        return Rights(everything=True)
    return Rights(rules=tuple(read_tables(consul.policies[name]["Rules"]) for name in names if name in consul.policies))


def allow(permitted: bool) -> None:
    """Raises BadRequest where something is not permitted."""
    if not permitted:
        raise BadRequest(403, DENIED)


def check_rules(text: str) -> None:
    """Raises BadRequest for rules that are no HCL."""
    try:
        read_tables(text)
    except RulesTextError as error:
        raise BadRequest(400, f"Failed to parse ACL rules: {error}") from error
