"""What a request asks for: namespace, blocking query, body."""

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request

from muster.nomad.embedded.http.types import type_error
from muster.nomad.embedded.state.values import MILLISECOND, SECOND

Json = dict[str, Any]
DEFAULT_WAIT_NS = 300 * SECOND
MAX_WAIT_NS = 600 * SECOND
UNITS = {"h": 3600 * SECOND, "m": 60 * SECOND, "s": SECOND, "ms": MILLISECOND, "us": 1_000, "µs": 1_000, "ns": 1}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)")


class BadRequest(Exception):
    """The request itself is wrong: a status and the server's words."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True)
class Blocking:
    """Wait for an index beyond `index` for at most `wait_ns`; index 0 does not wait."""

    index: int
    wait_ns: int


def namespace(request: Request) -> str:
    """The namespace asked for."""
    return request.query_params.get("namespace") or request.headers.get("x-nomad-namespace") or "default"


def blocking(request: Request) -> Blocking:
    """The blocking query's parameters. Raises BadRequest as Nomad does."""
    text = request.query_params.get("index", "")
    if text and not text.isdigit():
        raise BadRequest(400, "Invalid index")
    wait = request.query_params.get("wait", "")
    wait_ns = parse_duration(wait) if wait else DEFAULT_WAIT_NS
    if wait_ns is None:
        raise BadRequest(400, "Invalid wait time")
    return Blocking(int(text or 0), min(wait_ns, MAX_WAIT_NS))


def parse_duration(text: str) -> int | None:
    """A Go duration such as `1m30s` in nanoseconds; None when it is none."""
    if text == "0":
        return 0
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(int(float(number) * UNITS[unit]) for number, unit in parts)


def known_region(request: Request, job: Json | None = None) -> None:
    """Raises BadRequest for a region, of the request or of its job, that is not this one."""
    asked = request.query_params.get("region") or (job or {}).get("Region") or "global"
    if asked != "global":
        raise BadRequest(500, "No path to region")


async def body(request: Request, *, broken: int = 400) -> Json:
    """The JSON object of a request. Raises BadRequest with the status `broken` when there is none."""
    raw = await request.body()
    if not raw:
        raise BadRequest(broken, "EOF")
    try:
        decoded = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadRequest(broken, go_json_error(raw.decode(errors="replace"), error)) from error
    if not isinstance(decoded, dict):
        raise BadRequest(broken, "json: cannot unmarshal the body into a Go value: it is no object")
    return cast("Json", decoded)


def go_json_error(text: str, error: ValueError | RecursionError) -> str:
    """Broken JSON in the words of Go's decoder, for the usual breakages."""
    at = getattr(error, "pos", len(text))
    for literal in ("null", "true", "false"):
        if text[at : at + 1] == literal[0]:
            return _broken_literal(text[at:], literal)
    if at >= len(text.rstrip()):
        return "unexpected EOF"
    before = text[:at].rstrip()
    places = {"{": "object key string", ",": "object key string", ":": "value", "[": "value", "": "value"}
    place = places.get(before[-1:])
    if place is None:
        return f"invalid character '{text[at]}' after object key:value pair"
    return f"invalid character '{text[at]}' looking for beginning of {place}"


def _broken_literal(text: str, literal: str) -> str:
    """How Go's decoder stumbles over a word that begins like a literal."""
    for wanted, found in zip(literal, text, strict=False):
        if wanted != found:
            return f"invalid character '{found}' in literal {literal} (expecting '{wanted}')"
    return "unexpected EOF"


def submitted_job(sent: Json) -> Json:
    """The job of a request. Raises BadRequest when there is none, or one with values of the wrong type."""
    job: Json | None = sent.get("Job")
    if job is None:
        raise BadRequest(400, "Job must be specified")
    error = type_error(job)
    if error is not None:
        raise BadRequest(400, error)
    return job
