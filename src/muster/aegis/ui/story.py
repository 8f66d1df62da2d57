"""What is shown of a run, read from its folder alone: nothing here asks the process that works on it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from muster.aegis.agent import AGENT
from muster.aegis.domain.workload import Metric
from muster.aegis.executors.supervisor.logs import read_tail
from muster.aegis.executors.untrusted_files import read_from
from muster.aegis.state import State
from muster.core.clock import SystemClock
from muster.core.errors import RunStateError
from muster.core.gates.questions import Form
from muster.core.runs.background import last_question
from muster.core.runs.journal import Entry, Journal
from muster.core.runs.reading import read_state
from muster.core.runs.row import RunRow
from muster.core.runs.store import RunFolder, RunStore

_METRIC_BYTES = 2 * 2**20
_LOG_CHARACTERS = 8000
_POINTS = 1000
LISTED = 30
REPORTS = {"REPORT.md": "text/markdown", "report.html": "text/html"}
"""What may be taken home, and as what."""


@dataclass(frozen=True)
class Story:
    """One moment of a run. `question` is the one that it waits at, with the time at which it was asked."""

    folder: RunFolder
    row: RunRow
    entries: tuple[Entry, ...]
    question: tuple[datetime, Form] | None
    state: State | None
    metrics: tuple[Metric, ...]
    """Of the last training, thinned out."""
    log: str
    """The end of what the last job printed."""


def read_story(folder: RunFolder) -> Story:
    """Raises RunStateError for a run whose row can't be read."""
    row = folder.current_row()
    entries = Journal(folder.journal, SystemClock()).entries()
    return Story(
        folder=folder,
        row=row,
        entries=entries,
        question=last_question(entries) if row.status == "waiting" else None,
        state=_state(folder),
        metrics=read_metrics(folder),
        log=_log(folder),
    )


def list_runs(store: RunStore) -> list[RunRow]:
    """The newest runs of aegis, the newest first; a damaged one hides no other."""
    rows: list[RunRow] = []
    for folder in reversed(store.folders()):
        try:
            row = folder.current_row()
        except RunStateError:
            continue
        if row.agent == AGENT.name:
            rows.append(row)
        if len(rows) == LISTED:
            break
    return rows


def read_metrics(folder: RunFolder) -> tuple[Metric, ...]:
    """What the last training tells of its steps, from the end of its file: it may be of any size, and hold anything."""
    jobs = _jobs(folder, "train")
    if not jobs:
        return ()
    outputs = jobs[-1] / "outputs"
    found = [metric for line in _last_lines(outputs) if (metric := _metric(line)) is not None]
    stride = max(1, len(found) // _POINTS)
    thin = [one for place, one in enumerate(found) if one.event or place % stride == 0 or one is found[-1]]
    return tuple(thin[-2 * _POINTS :])


def reports(folder: RunFolder) -> dict[str, bytes]:
    """The reports that are there, by name."""
    return {name: (folder.path / name).read_bytes() for name in REPORTS if (folder.path / name).is_file()}


def _state(folder: RunFolder) -> State | None:
    try:
        return read_state(AGENT, folder)
    except (RunStateError, ValidationError):  # of another version: its row, journal and report still tell of it
        return None


def _jobs(folder: RunFolder, phase: str = "*") -> list[Path]:
    """Folders of its jobs, the newest last."""
    return sorted((folder.path / "jobs").glob(f"{folder.path.name}-{phase}-*"), key=lambda one: one.stat().st_mtime)


def _log(folder: RunFolder) -> str:
    jobs = _jobs(folder)
    if not jobs:
        return ""
    texts = (read_tail(jobs[-1] / f"{name}.log", _LOG_CHARACTERS) for name in ("stdout", "stderr"))
    return "\n".join(text for text in texts if text)


def _last_lines(outputs: Path) -> list[bytes]:
    path = outputs / "metrics.jsonl"
    size = path.lstat().st_size if path.exists() else 0
    start = max(0, size - _METRIC_BYTES)
    data = b""
    while len(data) < _METRIC_BYTES and (some := read_from(outputs, "metrics.jsonl", start + len(data))):
        data += some
    lines = data.split(b"\n")[:-1]  # the last may not be whole
    return lines[1:] if start else lines


def _metric(line: bytes) -> Metric | None:
    try:
        return Metric.model_validate_json(line)
    except ValidationError:
        return None
