"""What happened in a run, one frozen line each: the material of the journal, the live view and the report."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

EventKind = Literal["found", "decided", "asked", "answered", "acted", "observed", "failed", "repaired", "warned"]


class RunEvent(BaseModel):
    """One thing that happened.

    `text` is one line for a human, `detail` longer text (a diff, log lines), `data` the facts.
    """

    model_config = ConfigDict(frozen=True)

    at: datetime
    node: str
    kind: EventKind
    text: str
    detail: str = ""
    data: dict[str, JsonValue] = {}
