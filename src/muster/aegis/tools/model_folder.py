"""Looks at a model's folder: config.json, weights by their headers, the tokenizer's files. Nothing of it is run."""

import json
import re
from pathlib import Path

from pydantic import JsonValue

from muster.aegis.domain.preflight.model_facts import ModelFacts, Trouble
from muster.aegis.tools.safetensors_files import not_finite, read_header, search_whole
from muster.aegis.tools.tokenizer_files import read_tokenizer

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_INDEX = "model.safetensors.index.json"


def look_at_model(path: str) -> ModelFacts:
    """What is there. A path that is no folder may be the id of a model on a hub: `owner/name`."""
    folder = Path(path)
    if not _is_folder(folder):
        return ModelFacts(path=path, place="hub" if _HUB_ID.fullmatch(path) else "absent")
    config, trouble = read_json(folder / "config.json")
    weights = [read_header(file) for file in sorted(folder.glob("*.safetensors"))]
    whole = [one for one in weights if one.trouble is None]
    tokenizer = read_tokenizer(folder)
    everything = search_whole(whole)
    return ModelFacts(
        path=path,
        place="folder",
        config=config,
        config_trouble=trouble,
        weight_files=tuple(file.name for file in _weight_files(folder)),
        weight_bytes=sum(one.size for one in whole),
        troubles=(*(one.trouble for one in weights if one.trouble), *_missing_parts(folder)),
        tensors={name: tensor.shape for one in whole for name, tensor in one.tensors.items()},
        not_finite=tuple(name for one in whole for name in not_finite(one, whole=everything)),
        searched_whole=everything,
        tokenizer=None if isinstance(tokenizer, str) else tokenizer.facts,
        tokenizer_trouble=tokenizer if isinstance(tokenizer, str) else "",
    )


def read_json(path: Path) -> tuple[dict[str, JsonValue] | None, str]:
    """A JSON table, or None and why: a clause behind the file's name."""
    try:
        value: JsonValue = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None, "is missing"
    except RecursionError:
        return None, "can't be read: nested too deeply"
    except (OSError, ValueError) as problem:
        return None, f"can't be read: {str(problem)[:120]}"
    return (value, "") if isinstance(value, dict) else (None, "is no table")


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):  # too long, or with a zero byte
        return False


def _weight_files(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.safetensors"), *folder.glob("pytorch_model*.bin")])


def _missing_parts(folder: Path) -> list[Trouble]:
    """Files that the index of a split model names and that are not there."""
    if not (folder / _INDEX).is_file():
        return []
    index, trouble = read_json(folder / _INDEX)
    named = (index or {}).get("weight_map")
    if not isinstance(named, dict):
        return [Trouble(file=_INDEX, why=trouble or "names no files")]
    parts = sorted({part for part in named.values() if isinstance(part, str)})
    return [Trouble(file=part, why=f"is missing, and {_INDEX} names it") for part in parts if not _there(folder, part)]


def _there(folder: Path, part: str) -> bool:
    return "/" not in part and (folder / part).is_file()
