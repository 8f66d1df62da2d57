"""What a timeline tells, whoever recorded it: the sequence of states of each object, without ids, times and ports."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Entry = tuple[float, str, Any]

_NOISE = (
    (re.compile(r"restarting in [0-9hms.µ]+"), "restarting in D"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"), "UUID"),
    (re.compile(r"modify index:? \d+"), "modify index N"),
    (re.compile(r"port\d+|:\d{5}\b"), ":PORT"),
)


@dataclass
class Thread:
    """One object's states in order, and its last body."""

    states: list[Any] = field(default_factory=list)
    last: Json = field(default_factory=dict)

    def add(self, state: Any, body: Json) -> None:
        if not self.states or self.states[-1] != state:
            self.states.append(state)
        self.last = body


@dataclass
class Story:
    """All threads of a timeline, by aspect and then by the object's name."""

    allocations: dict[str, Thread] = field(default_factory=dict)
    events: dict[str, dict[tuple[int, str], str]] = field(default_factory=dict)
    deployments: dict[str, Thread] = field(default_factory=dict)
    evaluations: dict[str, Thread] = field(default_factory=dict)
    job: Thread = field(default_factory=Thread)
    summary: Json = field(default_factory=dict)


def quiet(text: str) -> str:
    """Text without what differs from run to run."""
    for pattern, word in _NOISE:
        text = pattern.sub(word, text)
    return text


def tell(entries: Iterable[Entry]) -> Story:
    """The story of a timeline's entries; objects are named by their order of creation."""
    story, names = Story(), _Names()
    for _, endpoint, body in entries:
        hear = _HEARERS.get(endpoint.rpartition("/")[2])
        if endpoint.startswith("status:"):
            _hear_job(story, body)
        elif hear is not None:
            hear(story, names, body)
    return story


def _hear_job(story: Story, body: Json) -> None:
    if "Status" in body:
        story.job.add(tuple(body[key] for key in ("Status", "Stable", "Version", "Stop")), body)


def _hear_allocations(story: Story, names: "_Names", body: list[Json] | None) -> None:
    for allocation in sorted(body or [], key=lambda a: (a["CreateIndex"], a["Name"])):
        _hear_allocation(story, names, allocation)


def _hear_deployments(story: Story, names: "_Names", body: list[Json] | None) -> None:
    for deployment in sorted(body or [], key=lambda d: d["CreateIndex"]):
        name = names.of(deployment["ID"], f"deployment v{deployment['JobVersion']}")
        story.deployments.setdefault(name, Thread()).add(_deployment_state(deployment), deployment)


def _hear_evaluations(story: Story, names: "_Names", body: list[Json] | None) -> None:
    for evaluation in sorted(body or [], key=lambda e: e["CreateIndex"]):
        name = names.of(evaluation["ID"], evaluation["TriggeredBy"])
        story.evaluations.setdefault(name, Thread()).add(_evaluation_state(evaluation), evaluation)


def _hear_summary(story: Story, _: "_Names", body: Json | None) -> None:
    story.summary = (body or {}).get("Summary", story.summary)


_HEARERS: dict[str, Callable[[Story, "_Names", Any], None]] = {
    "allocations": _hear_allocations,
    "deployments": _hear_deployments,
    "evaluations": _hear_evaluations,
    "summary": _hear_summary,
}


class _Names:
    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def of(self, identifier: str, kind: str) -> str:
        if identifier not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[identifier] = f"{kind} #{self._counts[kind]}"
        return self._names[identifier]


def _hear_allocation(story: Story, names: _Names, allocation: Json) -> None:
    name = names.of(allocation["ID"], allocation["Name"])
    health = allocation["DeploymentStatus"]
    state = (
        allocation["ClientStatus"],
        allocation["ClientDescription"],
        allocation["DesiredStatus"],
        allocation["DesiredDescription"],
        allocation["JobVersion"],
        None if health is None else health["Healthy"],
        allocation["DesiredTransition"]["Reschedule"],
    )
    story.allocations.setdefault(name, Thread()).add(state, allocation)
    for task, task_state in (allocation["TaskStates"] or {}).items():
        told = story.events.setdefault(f"{name} {task}", {})
        for event in task_state["Events"]:
            told[(event["Time"], event["Type"])] = quiet(event["DisplayMessage"])


def _deployment_state(deployment: Json) -> tuple[Any, ...]:
    counts = tuple(
        (name, group["DesiredTotal"], group["PlacedAllocs"], group["HealthyAllocs"], group["UnhealthyAllocs"])
        for name, group in sorted(deployment["TaskGroups"].items())
    )
    return deployment["Status"], deployment["StatusDescription"], counts


def _evaluation_state(evaluation: Json) -> tuple[Any, ...]:
    metrics = evaluation.get("FailedTGAllocs") or {}
    failed = {name: {k: v for k, v in metric.items() if k != "AllocationTime"} for name, metric in metrics.items()}
    return evaluation["Status"], quiet(evaluation.get("StatusDescription", "")), failed


def task_end(allocation: Json) -> Json:
    """How each task stands at the end."""
    return {
        task: (state["State"], state["Failed"], state["Restarts"], state["StartedAt"] is not None)
        for task, state in (allocation["TaskStates"] or {}).items()
    }


def is_subsequence(short: list[Any], long: list[Any]) -> bool:
    """Whether all of `short` comes in `long`, in order."""
    rest = iter(long)
    return all(any(item == other for other in rest) for item in short)


def shape(value: Any) -> Any:
    """The keys of a body, nested; what is null or a list of nothing has no shape."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else None
    return None


def same_keys(one: Any, other: Any, path: str = "") -> list[str]:
    """The paths at which two bodies have different keys; null agrees with anything, one class of nodes with another."""
    if isinstance(one, dict) and isinstance(other, dict):
        if path.endswith(".ClassEligibility"):
            return []
        apart = [f"{path}.{key}" for key in sorted(one.keys() ^ other.keys())]
        return apart + [
            p for key in sorted(one.keys() & other.keys()) for p in same_keys(one[key], other[key], f"{path}.{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and one and other:
        return same_keys(one[0], other[0], f"{path}[]")
    return []
