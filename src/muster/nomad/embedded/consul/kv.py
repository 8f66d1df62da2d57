"""Consul's keys and values over HTTP."""

import re
from base64 import b64encode
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from muster.nomad.embedded.consul.access import Rights, allow, rights
from muster.nomad.embedded.consul.answering import ABSENT, consul_of, known_datacenter, read_answer, told
from muster.nomad.embedded.consul.state import Pair
from muster.nomad.embedded.http.answering import json_answer
from muster.nomad.embedded.http.asking import BadRequest
from muster.nomad.embedded.http.settling import settle

Json = dict[str, Any]
MAX_BYTES = 512 * 1024
_NUMBER = re.compile(r"\d{1,20}")
NO_KEY = "Missing key name"


async def read_key(request: Request) -> Response:
    """GET /v1/kv/:key, with `recurse`, `keys` and `separator`, or `raw`."""
    key, asked = request.path_params["key"], request.query_params
    allowed = rights(request)
    if "keys" in asked:
        return await _keys(request, key, asked.get("separator", ""), allowed)
    if "recurse" in asked:
        return await _tree(request, key, allowed)
    if not key:
        raise BadRequest(400, NO_KEY)
    allow(allowed.reads("key", key))
    consul = consul_of(request)

    def read() -> tuple[int, Any]:
        pair = consul.pairs.get(key)
        if pair is None:
            return consul.gone.get(key, consul.index), ABSENT
        return pair.modify_index, pair

    return await read_answer(request, read, consistency=False, render=_raw if "raw" in asked else _alone)


def _alone(pair: Pair) -> Response:
    return json_answer([_rendered(pair)])


async def _tree(request: Request, prefix: str, allowed: Rights) -> Response:
    consul = consul_of(request)

    def read() -> tuple[int, Any]:
        shown = [_rendered(pair) for pair in consul.below(prefix) if allowed.reads("key", pair.key)]
        return consul.index_below(prefix), shown or ABSENT

    return await read_answer(request, read, consistency=False)


async def _keys(request: Request, prefix: str, separator: str, allowed: Rights) -> Response:
    consul = consul_of(request)

    def read() -> tuple[int, Any]:
        keys = [pair.key for pair in consul.below(prefix) if allowed.reads("key", pair.key)]
        shown = list(dict.fromkeys(_cut(key, prefix, separator) for key in keys))
        return consul.index_below(prefix), shown or ABSENT

    return await read_answer(request, read, consistency=False)


def _cut(key: str, prefix: str, separator: str) -> str:
    """The key up to the first separator beyond the prefix."""
    at = key.find(separator, len(prefix)) if separator else -1
    return key if at < 0 else key[: at + len(separator)]


def _rendered(pair: Pair) -> Json:
    return {
        "LockIndex": 0,
        "Key": pair.key,
        "Flags": pair.flags,
        "Value": b64encode(pair.value).decode() or None,
        "CreateIndex": pair.create_index,
        "ModifyIndex": pair.modify_index,
    }


def _raw(pair: Pair) -> Response:
    headers = {"Content-Type": "text/plain", "Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(pair.value, headers=headers)


async def write_key(request: Request) -> Response:
    """PUT /v1/kv/:key, with `flags`, and with `cas` only where the index is still that."""
    key, value = request.path_params["key"], await request.body()
    known_datacenter(request)
    flags, cas = _number(request, "flags") or 0, _number(request, "cas")
    if not key:
        raise BadRequest(400, NO_KEY)
    if len(value) > MAX_BYTES:
        where = "See https://www.consul.io/docs/agent/options.html#kv_max_value_size."
        raise BadRequest(413, f"Request body({len(value)} bytes) too large, max size: {MAX_BYTES} bytes. {where}")
    allow(rights(request).writes("key", key))
    if not _still(request, key, cas):
        return told(request, False)
    settle(request, "consul_put_key", key=key, value=b64encode(value).decode(), flags=flags)
    return told(request, True)


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise BadRequest(500, f'strconv.ParseUint: parsing "{text}": invalid syntax')
    return int(text)


def _still(request: Request, key: str, cas: int | None) -> bool:
    """Whether the key is as the writer saw it; 0 is "not there"."""
    pair = consul_of(request).pairs.get(key)
    return cas is None or cas == (pair.modify_index if pair else 0)


async def delete_key(request: Request) -> Response:
    """DELETE /v1/kv/:key, with `recurse` all below it, with `cas` only where the index is still that."""
    key = request.path_params["key"]
    known_datacenter(request)
    allowed, consul, cas = rights(request), consul_of(request), _number(request, "cas")
    if "recurse" not in request.query_params and not key:
        raise BadRequest(400, NO_KEY)
    allow(allowed.writes("key", key))
    if not _still(request, key, cas):
        return told(request, False)
    keys = [pair.key for pair in consul.below(key)] if "recurse" in request.query_params else [key]
    settle(request, "consul_delete_keys", keys=keys)
    return told(request, True)
