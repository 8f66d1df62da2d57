"""The spec of an earlier run, for an evaluation of what it saved: its words and file were settled then."""

from pathlib import Path

import yaml
from pydantic import JsonValue

from muster.aegis.domain.intent.yaml_spec import YamlSpec, read_yaml_spec
from muster.aegis.domain.spec import TrainingSpec
from muster.core.errors import UsageError

OPEN = ("evaluation", "budget", "target")
"""Blocks that have no part in what was trained."""


def spec_again(spec: TrainingSpec, run_id: str, folder: Path, changes: YamlSpec | None) -> YamlSpec:
    """The spec with the changes of a file in it, and paths that count from the folder where that run was started.
    Who asks for an evaluation wants one, whatever that run did.

    Raises UsageError for a change of what was trained.
    """
    document = spec.model_dump(mode="json")
    for block in ("model", "data"):
        document[block] |= {name: _placed(value, folder) for name, value in document[block].items() if name in _PATHS}
    document["evaluation"]["enabled"] = True
    document["evaluation"]["tasks"] = [_placed(one, folder) for one in document["evaluation"]["tasks"]]
    name = f"run {run_id}"
    if changes:
        closed = [f"{changes.where(key)}: {key}" for key in changes.values if key not in OPEN]
        if closed:
            told, rest = ", ".join(closed), ", ".join(OPEN)
            raise UsageError(f"run {run_id} was trained by its own spec: {told}", advice=f"Change {rest} alone.")
        document, name = _merged(document, changes.values), f"{name} with {changes.file}"
    return read_yaml_spec(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), name)


_PATHS = ("path", "eval_path")


def _placed(path: JsonValue, folder: Path) -> JsonValue:
    """A model on a hub is no path: it stays as it is."""
    there = folder / path if isinstance(path, str) else None
    return str(there) if there and there.exists() else path


def _merged(one: dict[str, JsonValue], other: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Tables value by value, all else as the other says it."""
    merged = dict(one)
    for name, value in other.items():
        was = merged.get(name)
        merged[name] = _merged(was, value) if isinstance(was, dict) and isinstance(value, dict) else value
    return merged
