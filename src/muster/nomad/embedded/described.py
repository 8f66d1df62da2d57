"""Reads what a user describes in a YAML file: a list of records under one key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from muster.core.errors import UsageError
from muster.core.gates.unique_keys import load_unique

Records = list[dict[str, Any]]


def read_records(path: Path, key: str, check: Callable[[Records], object], advice: str) -> Records:
    """The list under `key`. Raises UsageError when the file can't be read or `check` makes no sense of its records."""
    try:
        records = _list_under(key, load_unique(path.read_bytes()))
        check(records)
    except (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as error:
        raise UsageError(f"the {key} file {path} can't be used: {_why(error)}", advice=advice) from error
    return records


def _list_under(key: str, content: object) -> Records:
    records: object = cast(dict[str, object], content)[key] or [] if isinstance(content, dict) else None
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in cast(list[object], records)):
        raise TypeError(f"it holds no list of tables under `{key}:`")
    return cast(Records, records)


def _why(error: Exception) -> str:
    match error:
        case OSError():
            return error.strerror or type(error).__name__
        case KeyError():
            return f"it has no {error}"
        case ValidationError():
            return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        case _:
            return " ".join(str(error).split())
