"""The journal: what happened to a run and when, one redacted JSON object a line, only ever appended to."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from muster.core.clock import Clock
from muster.core.redaction import redact, redact_json
from muster.core.runs.events import RunEvent
from muster.core.runs.listening import Happening, NodeFinished, NodeStarted, Progress

EntryKind = Literal[
    "started", "asked", "answered", "quit", "resumed", "failed", "cancelled", "finished", "node", "event", "progress"
]

_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class Entry(BaseModel):
    """One line of the journal."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    kind: EntryKind
    text: str = ""
    data: dict[str, JsonValue] = {}


class Journal:
    """Appends to one run's journal, and reads it back. It is a listener too."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def write(self, kind: EntryKind, text: str = "", data: Mapping[str, JsonValue] | None = None) -> None:
        """Append one entry."""
        shown = {key: redact_json(value, key) for key, value in (data or {}).items()}
        entry = Entry(at=self._clock.now(), kind=kind, text=redact(text), data=shown)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(entry.model_dump_json() + "\n")

    def entries(self) -> tuple[Entry, ...]:
        """Everything written so far; a line that a crash cut short is left out."""
        if not self._path.exists():
            return ()
        lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        return tuple(entry for entry in map(_read, lines) if entry is not None)

    def __call__(self, happening: Happening) -> None:
        """Write down steps, and the events that they leave."""
        match happening:
            case NodeStarted(node=node):
                self.write("node", node)
            case NodeFinished(update=update):
                for event in update.get("events", ()):
                    self._event("event", event)
            case Progress(payload=RunEvent() as event):
                self._event("progress", event)
            case _:
                pass

    def _event(self, kind: Literal["event", "progress"], event: RunEvent) -> None:
        self.write(kind, event.text, {"event": plain_json(event.model_dump(mode="json"))})


def plain_json(value: object) -> JsonValue:
    """The same value, known to be JSON. Raises pydantic's ValidationError when it is not."""
    return _JSON.validate_python(value)


def _read(line: str) -> Entry | None:
    try:
        return Entry.model_validate_json(line)
    except ValidationError:
        return None
