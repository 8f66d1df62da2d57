"""Runs the steps of `sequences.yaml` on one embedded cluster."""

import re
from pathlib import Path
from typing import Any

import yaml

from nomad.embedded.api_replay import SECOND, Api, apart, recorded
from nomad.embedded.timelines import HERE, submitted

SEQUENCES: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "sequences.yaml").read_text())
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def run_sequence(name: str, folder: Path) -> dict[str, list[str]]:
    """The differences of each recording of a sequence."""
    found: dict[str, list[str]] = {}
    with Api(folder, name) as api:
        for step in SEQUENCES[name]:
            if "register" in step:
                api.register(submitted(step["register"]))
            elif "put" in step:
                api.register(recorded(step["put"])["request"]["body"]["Job"])
            elif "stop" in step:
                api.ask("DELETE", f"/v1/job/{step['stop']}")
            elif "ask" in step:
                found[step["ask"]] = _ask(api, step)
            api.host.advance_to(api.host.now_ns + int((step.get("then") or step.get("wait") or 0) * SECOND))
    return found


def _ask(api: Api, step: dict[str, Any]) -> list[str]:
    request = recorded(step["ask"])["request"]
    path, body = request["path"], request["body"]
    if "id" in step:
        listed = api.ask("GET", f"/v1/job/{step['of']}/{step['id']}s").json()
        path = _UUID.sub(min(listed, key=lambda item: item["CreateIndex"])["ID"], path)
    if "index" in step:
        index = api.ask("GET", f"/v1/job/{step['of']}").json()
        path = re.sub(r"index=\d+", f"index={index['ModifyIndex'] + step['index']}", path)
        body = {**body, "JobModifyIndex": index["JobModifyIndex"]} if body else body
    return apart(step["ask"], api.ask(request["method"], path, body))
