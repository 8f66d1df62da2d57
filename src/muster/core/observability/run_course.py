"""What a run went through, counted from its journal. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import JsonValue

from muster.core.runs.journal import Entry

Outcome = Literal["finished", "failed", "error", "cancelled", "crashed"]
Gate = Literal["asked", "answered", "quit"]

_CRASHED = "it was crashed"


@dataclass(frozen=True)
class Course:
    """How each sitting at the run ended, and what was done. `finished` is the work done well, `failed` done badly.

    `nodes` are steps with their seconds, a crashed one left out; time in which a human was asked counts nowhere.
    """

    outcomes: tuple[Outcome, ...] = ()
    end: Outcome | None = None
    """How the work itself ended; None where it has not."""
    nodes: tuple[tuple[str, float], ...] = ()
    gates: tuple[Gate, ...] = ()
    repairs: int = 0
    memory_hits: int = 0
    open_node: Entry | None = None


def course_of(entries: Iterable[Entry]) -> Course:
    """All that the journal says."""
    course = Course()
    for entry in entries:
        course = _after(course, entry)
    return course


def _after(course: Course, entry: Entry) -> Course:
    match entry.kind:
        case "node":
            return replace(_node_over(course, entry), open_node=entry)
        case "event":
            return _with_event(course, entry.data.get("event"))
        case "asked" | "answered" | "quit":
            return replace(_node_over(course, entry), gates=(*course.gates, entry.kind))
        case "resumed":
            ended: tuple[Outcome, ...] = ("crashed",) if entry.text == _CRASHED else ()
            return replace(course, outcomes=(*course.outcomes, *ended), open_node=None)
        case "finished" | "failed" | "cancelled":
            return _ended(_node_over(course, entry), entry)
        case _:
            return course


def _node_over(course: Course, entry: Entry) -> Course:
    if course.open_node is None:
        return course
    seconds = max(0.0, (entry.at - course.open_node.at).total_seconds())
    return replace(course, nodes=(*course.nodes, (course.open_node.text, seconds)), open_node=None)


def _with_event(course: Course, event: JsonValue) -> Course:
    """A memory that was of use is told by the event that it led to: `data` says `memory_hits`."""
    match event:
        case {"kind": kind, "data": {"memory_hits": int() as hits}}:
            pass
        case {"kind": kind}:
            hits = 0
        case _:
            return course
    return replace(course, repairs=course.repairs + (kind == "repaired"), memory_hits=course.memory_hits + hits)


def _ended(course: Course, entry: Entry) -> Course:
    match entry.kind:
        case "finished":
            end: Outcome = "finished" if entry.data.get("ok") else "failed"
            return replace(course, outcomes=(*course.outcomes, end), end=end)
        case "cancelled":
            return replace(course, outcomes=(*course.outcomes, "cancelled"))
        case _:
            return replace(course, outcomes=(*course.outcomes, "error"))
