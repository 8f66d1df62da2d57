"""Consul's policies and tokens over HTTP, as far as a client of the embedded cluster needs them."""

import hashlib
import uuid
from base64 import b64encode
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.consul.access import UNKNOWN, allow, check_rules, find_token, rights, secret_of
from muster.nomad.embedded.consul.answering import consul_of, told
from muster.nomad.embedded.http.asking import BadRequest, body
from muster.nomad.embedded.http.desk import desk_of
from muster.nomad.embedded.http.settling import settle
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
DISABLED = "ACL support disabled"


def _with_acl(request: Request) -> None:
    if not desk_of(request).host.acl:
        raise BadRequest(401, DISABLED)


async def read_own(request: Request) -> Response:
    """GET /v1/acl/token/self"""
    _with_acl(request)
    token = find_token(consul_of(request), secret_of(request))
    if token is None:
        raise BadRequest(403, UNKNOWN)
    return told(request, token)


async def write_policy(request: Request) -> Response:
    """PUT /v1/acl/policy"""
    _with_acl(request)
    allow(rights(request).manages(writing=True))
    sent, consul = await body(request), consul_of(request)
    name, rules = str(sent.get("Name") or ""), str(sent.get("Rules") or "")
    check_rules(rules)
    if name in consul.policies:
        raise BadRequest(500, f'Invalid Policy: A Policy with Name "{name}" already exists')
    content = {
        "ID": str(uuid.uuid4()),
        "Name": name,
        "Description": str(sent.get("Description") or ""),
        "Rules": rules,
        "Hash": _hash(name, rules),
    }
    settle(request, "consul_put_policy", name=name, content=content)
    return told(request, consul.policies[name])


async def write_token(request: Request) -> Response:
    """PUT /v1/acl/token"""
    _with_acl(request)
    allow(rights(request).manages(writing=True))
    sent, consul = await body(request), consul_of(request)
    names = [str(policy.get("Name") or "") for policy in sent.get("Policies") or ()]
    unknown = [name for name in names if name not in consul.policies]
    if unknown:
        raise BadRequest(500, f"No such ACL policy with name {unknown[0]!r}")
    accessor, description = str(uuid.uuid4()), str(sent.get("Description") or "")
    content = {
        "AccessorID": accessor,
        "SecretID": str(uuid.uuid4()),
        "Description": description,
        "Policies": [{"ID": consul.policies[name]["ID"], "Name": name} for name in names],
        "Local": False,
        "CreateTime": timestamp(desk_of(request).host.now_ns),
        "Hash": _hash(description, *names),
    }
    settle(request, "consul_put_token", name=accessor, content=content)
    return told(request, consul.tokens[accessor])


def _hash(*words: str) -> str:
    return b64encode(hashlib.blake2b("".join(words).encode(), digest_size=32).digest()).decode()
