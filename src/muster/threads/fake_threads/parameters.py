"""Parameters of a call, wherever a client puts them: query, form, multipart or JSON; texts all, and of bounded size."""

import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from pydantic import JsonValue, TypeAdapter
from starlette.requests import Request

from muster.threads.fake_threads.graph_errors import invalid

MOST_BYTES = 65_536
_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


async def parameters(request: Request) -> Mapping[str, str]:
    """All of them; the body's win. Raises GraphError 100 where the body can't be read."""
    body = await _body(request)
    kind = request.headers.get("content-type", "")
    try:
        return {**request.query_params, **_from_body(body, kind)}
    except ValueError as error:
        raise invalid(f"the body is not what its content type says: {error}") from error


def token_of(request: Request, given: Mapping[str, str]) -> str:
    """The parameter `access_token`, or the header `Authorization: Bearer`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return given.get("access_token", "") or (token.strip() if scheme.lower() in ("bearer", "oauth") else "")


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise invalid(f"the body is larger than {MOST_BYTES} bytes")
    return body


def _from_body(body: bytes, kind: str) -> Mapping[str, str]:
    if not body:
        return {}
    if kind.startswith("application/json"):
        given = _OBJECT.validate_json(body)
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    if kind.startswith("multipart/form-data"):
        return _from_multipart(body, kind)
    return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))


def _from_multipart(body: bytes, kind: str) -> Mapping[str, str]:
    whole = BytesParser(policy=HTTP).parsebytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + body)
    found: dict[str, str] = {}
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found[name] = payload.decode()
    return found
