"""Whether a token sees everything: Consul leaves out of its lists what a token may not see, and says nothing.

From 1.11 an answer that lacks something carries `X-Consul-Results-Filtered-By-ACLs`. Older ones only say by
`X-Consul-Default-Acl-Policy: deny` that a token sees what its policies allow and nothing else.
"""

from typing import cast

import httpx
from pydantic import JsonValue

from muster.nomad.tools.consul_http import ConsulHttp, judged, path_of

_ALL_RIGHTS = "global-management"  # the policy that Consul brings along
_TELLS_FROM = (1, 11)
_ACLS_OFF = 401  # to a question about ACLs


def missing_rights(http: ConsulHttp) -> str:
    """Why lists may be incomplete, and what to do; empty where they are whole. Raises a ServiceError."""
    services = judged(http.ask(path_of("catalog/services")))
    if services.headers.get("X-Consul-Results-Filtered-By-ACLs") == "true":
        return _sentence(_who(http), "does not see all services")
    if services.headers.get("X-Consul-Default-Acl-Policy") == "allow":
        return ""
    token = http.ask(path_of("acl/token/self"))
    if token.status_code == _ACLS_OFF or _ALL_RIGHTS in _policies(http, token) or _tells(http):
        return ""  # ACLs are off, or nothing was left out
    return _sentence(_who(http), "may not see all services")


def token_state(http: ConsulHttp) -> str:
    """Whose eyes we look with, as a clause: `ACLs are off`, `no token`, `token with policies a, b`.

    Raises a ServiceError, AccessDeniedError for a token that Consul does not know.
    """
    answer = http.ask(path_of("acl/token/self"))
    if answer.status_code == _ACLS_OFF:
        return "ACLs are off"
    if not http.has_token:
        return "no token"
    return f"token with policies {', '.join(_policies(http, judged(answer))) or 'none'}"


def version_of(http: ConsulHttp) -> str:
    """Consul's version; empty where the token may not ask the agent. Raises a ServiceError."""
    answer = http.ask(path_of("agent/self"))
    if answer.status_code in (403, 404):
        return ""
    body = http.json(judged(answer))
    config = body.get("Config") if isinstance(body, dict) else None
    return str(config.get("Version", "")) if isinstance(config, dict) else ""


def _tells(http: ConsulHttp) -> bool:
    """Whether this Consul would have said that it left something out."""
    numbers = version_of(http).split(".")[:2]
    return tuple(int(one) for one in numbers if one.isdecimal()) >= _TELLS_FROM


def _who(http: ConsulHttp) -> str:
    if not http.has_token:
        return "without a token one"
    policies = _policies(http, http.ask(path_of("acl/token/self")))
    named = f", with {_many(policies)}," if policies else ""
    return f"the token in CONSUL_HTTP_TOKEN{named}"


def _many(policies: list[str]) -> str:
    return f"polic{'ies' if len(policies) > 1 else 'y'} {', '.join(policies)}"


def _sentence(who: str, sees: str) -> str:
    return f"{who} {sees} of this Consul: set CONSUL_HTTP_TOKEN to one with service_prefix and node_prefix read"


def _policies(http: ConsulHttp, answer: httpx.Response) -> list[str]:
    body = http.json(answer) if answer.is_success else None
    listed = body.get("Policies") if isinstance(body, dict) else None
    rows = cast(list[JsonValue], listed) if isinstance(listed, list) else []
    return [str(row.get("Name", "")) for row in rows if isinstance(row, dict)]
