"""Runs of aegis, as a report sees them: walked over fakes, or put together where a walk would not get there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from muster.aegis.domain.attempts import Attempt
from muster.aegis.domain.spec import DataRef, ModelRef, TrainingSpec
from muster.aegis.domain.workload import Metric
from muster.aegis.state import State
from muster.aegis.tools.disk_workspace import DiskWorkspace
from muster.core.runs.events import RunEvent
from muster.core.runs.journal import Entry
from muster.core.runs.report import Account
from muster.core.runs.row import RunRow

NOW = datetime(2026, 11, 21, 4, 11, 37, tzinfo=UTC)
SPEC = TrainingSpec(name="support-bot", model=ModelRef(path="models/tiny"), data=DataRef(path="rows.jsonl"))
ROW = RunRow(
    id="r1", agent="aegis", version="1.2", intent="run it", cwd="/srv", status="finished", note="better than its base",
    done=True, created_at=NOW, updated_at=NOW,
)  # fmt: skip


def account(*entries: Entry, events: tuple[RunEvent, ...] = (), **row: Any) -> Account:
    return Account(ROW.model_copy(update=row), entries, events)


def attempt(phase: Any = "train", number: int = 1, **values: Any) -> Attempt:
    given = {"how": "exit status 0", "seconds": 60.0, "usd": 0.5, **values}
    return Attempt(name=f"r1-{phase}-{number}", phase=phase, **given)


def trained(**values: Any) -> State:
    return State(spec=SPEC, attempts=[attempt()], spent_usd=0.5, artefact="outputs/r1-train-1/artefact", **values)


def steps(count: int, **values: Any) -> list[Metric]:
    return [
        Metric(at=NOW + timedelta(seconds=step), step=step, loss=5.0 / step, memory_mb=100.0 + step, **values)
        for step in range(1, count + 1)
    ]


def lines(metrics: list[Metric]) -> bytes:
    return b"".join(one.model_dump_json().encode() + b"\n" for one in metrics)


def workspace(folder: Path, told: dict[str, bytes] | None = None) -> DiskWorkspace:
    """A run's folder in which these jobs left these metrics."""
    made = DiskWorkspace(folder)
    for name, text in (told or {}).items():
        made.outputs(name).mkdir(parents=True)
        (made.outputs(name) / "metrics.jsonl").write_bytes(text)
    return made
