"""Runs in processes of their own, which outlive who asked for them: a browser's page, a server.

Whoever hands an order over reads the run's folder for what became of it. A worker works up to the next question and
ends there; each answer is an order of its own.
"""

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from muster.core.errors import ServiceFailureError
from muster.core.gates.questions import AnswerValue, Form
from muster.core.redaction import redact
from muster.core.runs.journal import Entry
from muster.core.runs.row import checked_run_id

_LOG_BYTES = 20_000


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True)

    agent: str
    """The module that holds the agent as `AGENT`: `muster.aegis.agent`."""
    run_id: str


class Start(_Order):
    """Begin a run under an id that the caller picked: the same order twice begins it once."""

    kind: Literal["start"] = "start"
    intent: str
    options: dict[str, JsonValue] = {}
    state: dict[str, JsonValue]
    """What the graph begins with, as JSON."""


class Answer(_Order):
    """Answer the question that was asked at that time; one that is answered by now is left alone."""

    kind: Literal["answer"] = "answer"
    asked_at: datetime
    answers: dict[str, AnswerValue]


class GoOn(_Order):
    """Go on after a crash or an error."""

    kind: Literal["go_on"] = "go_on"


Order = Annotated[Start | Answer | GoOn, Field(discriminator="kind")]


def hand_over(order: Start | Answer | GoOn, home: Path) -> None:
    """Let a process of its own carry the order out; it has this one's folder and environment.

    What it prints, its errors too, goes into `log_of`. Raises ServiceFailureError where no process can be started.
    """
    log = log_of(home, order.run_id)
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "muster.core.runs.worker"]
    with log.open("ab") as file:
        log.chmod(0o600)
        try:
            subprocess.run(command, input=order.model_dump_json().encode(), stdout=file, stderr=file, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise ServiceFailureError(
                f"no process could be started for run {order.run_id}", advice=f"See {log}."
            ) from error


def log_of(home: Path, run_id: str) -> Path:
    """Where a run's workers print: beside the runs, for one that could not begin has no folder."""
    return home / "background" / f"{checked_run_id(run_id)}.log"


def read_log(home: Path, run_id: str, *, after: int = 0) -> str:
    """The end of what a run's workers printed, from that byte on, redacted; empty where they printed nothing."""
    try:
        with log_of(home, run_id).open("rb") as file:
            file.seek(max(after, file.seek(0, 2) - _LOG_BYTES))
            return redact(file.read(_LOG_BYTES).decode(errors="replace")).strip()
    except FileNotFoundError:
        return ""


def log_size(home: Path, run_id: str) -> int:
    """Bytes printed so far."""
    log = log_of(home, run_id)
    return log.stat().st_size if log.exists() else 0


def last_question(entries: tuple[Entry, ...]) -> tuple[datetime, Form] | None:
    """The question that a journal tells last, and when it was asked: that time is what an `Answer` names."""
    asked = next((one for one in reversed(entries) if one.kind == "asked"), None)
    return (asked.at, Form.model_validate(asked.data["form"])) if asked else None
