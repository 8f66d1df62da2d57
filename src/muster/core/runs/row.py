"""A run's row: what is known of a run without opening its checkpoints."""

import re
import secrets
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from muster.core.errors import UsageError

Status = Literal["running", "waiting", "finished", "failed", "cancelled", "crashed"]

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another


class RunRow(BaseModel):
    """One run: who, what, where, with which non-secret options, and how far it came.

    `crashed` is never stored: it is what a running run is called when nobody holds its lock. A `failed` run either
    stopped at an error, and can go on, or reached its end with a bad verdict; `note` is the one sentence about it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    agent: str
    version: str
    intent: str
    cwd: str
    options: dict[str, JsonValue] = {}
    status: Status = "running"
    note: str = ""
    done: bool = False
    """The graph was walked to its end: there is nothing to resume."""
    created_at: datetime
    updated_at: datetime


def new_run_id(now: datetime) -> str:
    """An id that sorts by time and can be read aloud: `20261121-041137-k3f`."""
    return f"{now:%Y%m%d-%H%M%S}-{''.join(secrets.choice(_LETTERS) for _ in range(3))}"


def checked_run_id(run_id: str) -> str:
    """The id itself. Raises UsageError for anything that could name a folder elsewhere."""
    if not _ID.fullmatch(run_id):
        raise UsageError(
            f"{run_id!r} is no run id",
            advice="An id is made of small letters, digits and hyphens; `muster runs list` shows them.",
        )
    return run_id
