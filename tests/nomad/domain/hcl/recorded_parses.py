"""What a real Nomad 1.1.2 parsed: job texts with its job or its error."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared_data import SHARED


@dataclass(frozen=True)
class RecordedParse:
    name: str
    text: str
    job: dict[str, Any] | None
    error: str | None
    canonicalize: bool = True


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def corpus() -> list[RecordedParse]:
    folder = SHARED / "nomad-corpus"
    if not folder.is_dir():
        return []
    found: list[RecordedParse] = []
    for entry in _read(folder / "index.json"):
        result = _read(folder / entry["result"])
        text = (folder / entry["input"]).read_text(encoding="utf-8")
        found.append(
            RecordedParse(entry["name"], text, result["canonicalized"] if entry["ok"] else None, entry["error"])
        )
    return found


def recordings() -> list[RecordedParse]:
    found: list[RecordedParse] = []
    for path in sorted((SHARED / "nomad-api").glob("parse_*.json")):
        record = _read(path)
        body, answer = record["request"]["body"], record["response"]
        if record["request"]["method"] == "GET" or not isinstance(body, dict) or "hclv1" in path.stem:
            continue
        job = answer["body"] if answer["status"] == 200 else None
        error = None if job else answer["body"]
        found.append(RecordedParse(path.stem, body["JobHCL"], job, error, body.get("Canonicalize", False)))
    return found


def listed(file: str) -> dict[str, str]:
    return _read(Path(__file__).parent / file)
