"""What happened in a run, one frozen line each: the material of the journal, the live view and the report."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue

from muster.core.redaction import redact, redact_json

EventKind = Literal["found", "decided", "asked", "answered", "acted", "observed", "failed", "repaired", "warned"]

# Events quote logs and answers of servers, and are stored in checkpoints as they are.
Redacted = Annotated[str, AfterValidator(redact)]


def _redacted_data(data: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {key: redact_json(value, key) for key, value in data.items()}


class RunEvent(BaseModel):
    """One thing that happened, redacted when it is made.

    `text` is one line for a human, `detail` longer text (a diff, log lines), `data` the facts.
    """

    model_config = ConfigDict(frozen=True)

    at: datetime
    node: str
    kind: EventKind
    text: Redacted
    detail: Redacted = ""
    data: Annotated[dict[str, JsonValue], AfterValidator(_redacted_data)] = {}
