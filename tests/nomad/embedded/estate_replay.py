"""Asks the embedded cluster's Consul, Vault and Fabio what recordings asked the real ones, and compares the answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import yaml

from muster.nomad.embedded.bootstrap import CONSUL_ROOT, root_token
from nomad.embedded.api_replay import SECOND, Api, recorded, unlike
from nomad.embedded.timelines import HERE, submitted

SEQUENCES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "estate_sequences.yaml").read_text())
MANAGEMENT = "11111111-2222-3333-4444-555555555555"
"""The recordings' management token of Consul."""
BINARY = {"consul_kv_put_bytes": b"\xff\x00\x01", "consul_kv_big": b"x" * 600_000}
"""Bodies that a recording could not hold as text."""
PROXY = {"fabio_proxy_bad_service", "fabio_proxy_host", "fabio_proxy_noroute", "fabio_proxy_web"}
"""Recordings of Fabio's own port for traffic, which is not served."""
PASSED_TIMES = ("ttl", "issue_time", "expire_time", "creation_time", "server_time_utc")
NOISE = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"_nomad-check-[0-9a-f]{40}"), "CHECK"),
    (re.compile(r"_nomad-(server|client)-[0-9a-z]{32}"), r"\1"),
    (re.compile(r"fabio-\w+-\d+"), "FABIO"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "TIME"),
    (re.compile(r":(2\d|3[01])\d{3}\b"), ":PORT"),
    (re.compile(r'("(?:Service)?Port": )(2\d|3[01])\d{3}\b'), r"\g<1>0"),
    (re.compile(r"Output: (?:[^\"\\]|\\.)*"), "Output: BODY"),
    (re.compile(r"\bs\.\w{24}\b"), "TOKEN"),
    (re.compile(r'("(?:accessor|Hash|LocalIP|cluster_name)": )"[^"]*"'), r'\1"X"'),
    (re.compile(r'("(?:\w*Index|' + "|".join(PASSED_TIMES) + r')": )\d+'), r"\g<1>0"),
)
HEADERS = (
    "Location", "Allow", "X-Consul-Default-Acl-Policy", "X-Consul-Knownleader", "X-Consul-Effective-Consistency",
    "X-Consul-Query-Backend", "X-Consul-Reason", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control",
)  # fmt: skip


def run_estate_sequence(name: str, folder: Path) -> dict[str, list[str]]:
    """The differences of each recording of a sequence."""
    sequence, found = SEQUENCES[name], dict[str, list[str]]()
    jobs: list[str] = sequence.get("jobs", [])
    with Api(folder, jobs[0] if jobs else "vault", acl=sequence.get("acl", False)) as api:
        _set_up(api)
        for job in jobs:
            api.register(submitted(job), 8)
        known: dict[str, str] = {}
        for ask in sequence["asks"]:
            answer = _ask(api, sequence["service"], ask, known)
            found[ask] = list(apart(ask, answer, ordered=sequence["service"] == "fabio"))
            api.host.advance_to(api.host.now_ns + SECOND // 10)
    return found


def _set_up(api: Api) -> None:
    """The tokens that the recordings use."""
    api.host.write("vault_put_token", id="root", content=root_token(api.host.now_ns))
    token = {"AccessorID": "first", "SecretID": MANAGEMENT, "Policies": [CONSUL_ROOT]}
    api.host.write("consul_put_token", name="first", content=token)


def _ask(api: Api, service: Any, name: str, known: dict[str, str]) -> httpx.Response:
    """Ask; a token or an index that an earlier answer told stands for the recorded one."""
    request = json.dumps(recorded(name)["request"])
    for theirs, ours in known.items():
        request = request.replace(theirs, ours)
    asked = json.loads(request)
    body = BINARY.get(name, asked["body"])
    answer = api.ask(asked["method"], asked["path"], body, asked["headers"], service=service)
    known |= dict(_secrets(recorded(name)["response"]["body"], answer))
    return answer


def _secrets(theirs: Any, answer: httpx.Response) -> Iterator[tuple[str, str]]:
    if not isinstance(theirs, dict) or not answer.text.startswith("{"):
        return
    for path in (("SecretID",), ("auth", "client_token")):
        one, other = _at(cast("dict[str, Any]", theirs), path), _at(answer.json(), path)
        if one and other:
            yield one, other


def _at(content: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        content = content.get(step) if isinstance(content, dict) else None
    return content


def apart(name: str, answer: httpx.Response, *, ordered: bool) -> Iterator[str]:
    """What differs between a recorded answer and one of the embedded estate's."""
    response = recorded(name)["response"]
    if response["status"] != answer.status_code:
        yield f"status {answer.status_code} ({answer.text[:200]}), recorded {response['status']}"
        return
    kind, wanted = answer.headers.get("content-type", ""), response["headers"].get("Content-Type", "")
    if kind != wanted:
        yield f"content type {kind!r}, recorded {wanted!r}"
    for header in HEADERS if "Date" in response["headers"] else ():
        if answer.headers.get(header) != response["headers"].get(header):
            yield f"{header} is {answer.headers.get(header)!r}, recorded {response['headers'].get(header)!r}"
    if response["body_kind"] != "json":
        if _still(answer.text) != _still(response["body"]):
            yield f"says {answer.text!r}, recorded {response['body']!r}"
        return
    yield from unlike(_settled(response["body"], ordered), _settled(answer.json(), ordered), "")


def _settled(body: Any, ordered: bool) -> Any:
    """A body without what differs from run to run; lists and tables by identifier in the order of what they hold."""
    told = json.loads(_still(json.dumps(_valued(body))))
    return told if ordered else _sorted(told)


def _valued(body: Any) -> Any:
    """A table whose keys are identifiers, as the list of what it holds."""
    if isinstance(body, dict) and any(key.startswith("_nomad-") for key in cast("dict[str, Any]", body)):
        return list(cast("dict[str, Any]", body).values())
    return body


def _sorted(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _sorted(value) for key, value in cast("dict[str, Any]", content).items()}
    if isinstance(content, list):
        return sorted((_sorted(one) for one in cast("list[Any]", content)), key=json.dumps)
    return content


def _still(text: str) -> str:
    for pattern, word in NOISE:
        text = pattern.sub(word, text)
    return text
