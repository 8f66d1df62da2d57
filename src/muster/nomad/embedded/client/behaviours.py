"""How images and commands behave when they run: a YAML file of patterns, first match wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from muster.nomad.embedded.described import read_records

DEFAULT_IMAGES = Path(__file__).parents[1] / "images.yaml"
ADVICE = "It is YAML: `images:` and a list of behaviours; see images.yaml in the package for all keys."


@dataclass(frozen=True)
class Listener:
    """A port that the app opens: the one that an environment variable names, else a fixed one."""

    env: str
    port: int


@dataclass(frozen=True)
class Behaviour:
    """What one image or command does. Seconds and MiB; the patterns are shell globs."""

    image: str = "*"
    command: str = "*"
    task: str = "*"
    local: bool = False
    pull_s: float = 1.0
    pull_error: str = ""
    start_error: str = ""
    start_s: float = 0.1
    ready_s: float = 1.0
    memory_mb: int = 64
    oom_after_s: float = 0.1
    exit_code: int | None = None
    exit_after_s: float = 0.0
    listens: tuple[Listener, ...] | None = None
    http: Mapping[str, int] = field(default_factory=lambda: {"*": 200})
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    requires_env: Mapping[str, str] = field(default_factory=dict[str, str])
    uid: int = 0
    writes: tuple[str, ...] = ()
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()
    ignores_stop: bool = False
    artifact_error: str = ""
    data: tuple[str, ...] = ()

    __pydantic_config__ = ConfigDict(extra="forbid")

    def http_status(self, path: str) -> int:
        """What it answers on a path: the first pattern that matches, else 404."""
        clean = path.split("?")[0] or "/"
        return next((status for pattern, status in self.http.items() if fnmatchcase(clean, pattern)), 404)


_BEHAVIOUR = TypeAdapter(Behaviour)


class Behaviours:
    """An ordered list of behaviours with a kind default for what nobody described."""

    def __init__(self, listed: Iterable[Behaviour]) -> None:
        self._listed = tuple(listed)

    def of(self, image: str, command: str, task: str) -> Behaviour:
        """The first behaviour whose patterns match; an empty image is a task without one."""
        for behaviour in self._listed:
            if (
                fnmatchcase(image, behaviour.image)
                and fnmatchcase(command, behaviour.command)
                and fnmatchcase(task, behaviour.task)
            ):
                return behaviour
        return Behaviour()


def behaviour_records(path: Path) -> list[dict[str, Any]]:
    """The raw records of an images file. Raises UsageError when it makes no sense."""
    return read_records(path, "images", read_behaviours, ADVICE)


def read_behaviours(records: Iterable[dict[str, Any]]) -> Behaviours:
    """Behaviours out of raw records. Raises ValidationError for a key that does not exist or a value that can't be."""
    return Behaviours(_behaviour(record) for record in records)


def _behaviour(record: dict[str, Any]) -> Behaviour:
    known = dict(record)
    if "listens" in known:
        known["listens"] = tuple(_listener(entry) for entry in known["listens"])
    for key in ("writes", "stdout", "stderr", "data"):
        known[key] = tuple(known.get(key, ()))
    for key in ("env", "requires_env"):
        known[key] = {name: str(value) for name, value in known.get(key, {}).items()}
    return _BEHAVIOUR.validate_python(known)


def _listener(entry: int | dict[str, Any]) -> Listener:
    if isinstance(entry, int):
        return Listener("", entry)
    return Listener(entry.get("env", ""), int(entry.get("port", 0)))
