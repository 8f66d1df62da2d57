"""Runs the steps of `sequences.yaml` on one embedded cluster."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from nomad.embedded.api_replay import SECOND, UUID, Api, apart, recorded
from nomad.embedded.timelines import HERE, submitted

SEQUENCES: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "sequences.yaml").read_text())
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


_CHILD = re.compile(r"[\w-]+/(?:dispatch|periodic)-[\w-]+")


def run_sequence(name: str, folder: Path) -> dict[str, list[str]]:
    """The differences of each recording of a sequence."""
    found: dict[str, list[str]] = {}
    names = Names()
    with Api(folder, name, acl=name.startswith("acl")) as api:
        for step in SEQUENCES[name]:
            if "register" in step:
                api.register({**submitted(step["register"]), **step.get("as", {})})
            elif "put" in step:
                api.register({**recorded(step["put"])["request"]["body"]["Job"], **step.get("as", {})})
            elif "again" in step:
                api.register(recorded(step["again"])["response"]["body"])
            elif "stop" in step:
                api.ask("DELETE", f"/v1/job/{step['stop']}")
            elif "ask" in step:
                found[step["ask"]] = _ask(api, step, names)
            api.host.advance_to(api.host.now_ns + int((step.get("then") or step.get("wait") or 0) * SECOND))
    return found


class Names:
    """Which of our identifiers stands for a recorded one: those at the same place of an answer are the same thing."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}

    def learn(self, theirs: Any, ours: Any) -> None:
        for one, other in _pairs(theirs, ours):
            self._ours.setdefault(one, other)

    def replace(self, value: Any) -> Any:
        text = json.dumps(value)
        for theirs, ours in self._ours.items():
            text = text.replace(theirs, ours)
        return json.loads(text)


def _pairs(theirs: Any, ours: Any) -> Iterator[tuple[str, str]]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        one, other = cast("dict[str, Any]", theirs), cast("dict[str, Any]", ours)
        for key in one.keys() & other.keys():
            yield from _pairs(one[key], other[key])
    elif isinstance(theirs, list) and isinstance(ours, list):
        for one, other in zip(cast("list[Any]", theirs), cast("list[Any]", ours), strict=False):
            yield from _pairs(one, other)
    elif isinstance(theirs, str) and isinstance(ours, str) and (UUID.match(theirs) or _CHILD.fullmatch(theirs)):
        yield theirs, ours


def _ask(api: Api, step: dict[str, Any], names: Names) -> list[str]:
    request = names.replace(recorded(step["ask"])["request"])
    path, body = request["path"], request["body"]
    if "id" in step:
        listed = api.ask("GET", f"/v1/job/{step['of']}/{step['id']}s").json()
        path = _UUID.sub(min(listed, key=lambda item: item["CreateIndex"])["ID"], path)
    if "last" in step:
        listed = api.ask("GET", f"/v1/job/{step['of']}/{step['last']}s").json()
        path = _UUID.sub(max(listed, key=lambda item: item["CreateIndex"])["ID"], path)
        body = names.replace(body) if body is None else {**body, "DeploymentID": path.rsplit("/", 1)[1]}
    if "index" in step:
        index = api.ask("GET", f"/v1/job/{step['of']}").json()
        path = re.sub(r"index=\d+", f"index={index['ModifyIndex'] + step['index']}", path)
        body = {**body, "JobModifyIndex": index["JobModifyIndex"]} if body else body
    answer = api.ask(request["method"], path, body, request["headers"])
    response = recorded(step["ask"])["response"]
    if response["body_kind"] == "json" and answer.headers.get("content-type") == "application/json":
        names.learn(response["body"], answer.json())
    return apart(step["ask"], answer)
