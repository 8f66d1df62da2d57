"""Answers of the form that a run waits at, in a file beside its checkpoints: they outlive a process that is killed."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from muster.core.gates.draft import Draft
from muster.core.gates.questions import AnswerValue
from muster.core.runs.store import write_atomically


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True)

    interrupt: str
    """Whose form it is: another one's answers may have the same ids."""
    answers: dict[str, AnswerValue]


def open_draft(path: Path, interrupt: str) -> Draft:
    """The draft of the form that this interrupt asks; empty where none of its questions was answered."""

    def save(answers: Mapping[str, AnswerValue]) -> None:
        write_atomically(path, _Stored(interrupt=interrupt, answers=dict(answers)).model_dump_json() + "\n")

    return Draft(_read(path, interrupt), save)


def _read(path: Path, interrupt: str) -> dict[str, AnswerValue]:
    try:
        stored = _Stored.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):  # none was written, or it is damaged: then the form is asked from its beginning
        return {}
    return stored.answers if stored.interrupt == interrupt else {}
