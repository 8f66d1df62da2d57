"""Compares a recorded timeline with the embedded cluster's, aspect by aspect."""

from nomad.embedded.timeline_stories import Story, Thread, is_subsequence, same_keys, task_end

ASPECTS = ("allocations", "events", "deployments", "evaluations", "job", "keys")


def differences(recorded: Story, told: Story) -> dict[str, list[str]]:
    """What differs, by aspect; an aspect that agrees is absent."""
    found = {
        "allocations": _threads(recorded.allocations, told.allocations) + _task_ends(recorded, told),
        "events": _events(recorded, told),
        "deployments": _threads(recorded.deployments, told.deployments),
        "evaluations": _threads(recorded.evaluations, told.evaluations),
        "job": _thread("job", recorded.job, told.job) + _summary(recorded, told),
        "keys": _keys(recorded, told),
    }
    return {aspect: lines for aspect, lines in found.items() if lines}


def _threads(recorded: dict[str, Thread], told: dict[str, Thread]) -> list[str]:
    apart = [
        f"only {'recorded' if name in recorded else 'told'}: {name}" for name in sorted(recorded.keys() ^ told.keys())
    ]
    return apart + [
        line for name in recorded.keys() & told.keys() for line in _thread(name, recorded[name], told[name])
    ]


def _thread(name: str, recorded: Thread, told: Thread) -> list[str]:
    if not is_subsequence(recorded.states, told.states):
        missing = [state for state in recorded.states if state not in told.states]
        return [f"{name}: {missing or 'order'} not among {told.states}"]
    if recorded.states and recorded.states[-1] != told.states[-1]:
        return [f"{name} ends as {told.states[-1]}, recorded {recorded.states[-1]}"]
    return []


def _task_ends(recorded: Story, told: Story) -> list[str]:
    both = recorded.allocations.keys() & told.allocations.keys()
    ends = [(name, task_end(recorded.allocations[name].last), task_end(told.allocations[name].last)) for name in both]
    return [f"{name}: tasks end {mine}, recorded {theirs}" for name, theirs, mine in ends if theirs != mine]


def _events(recorded: Story, told: Story) -> list[str]:
    lines = []
    for name in sorted(recorded.events.keys() | told.events.keys()):
        theirs = [(kind, text) for (_, kind), text in sorted(recorded.events.get(name, {}).items(), key=_time)]
        mine = [(kind, text) for (_, kind), text in told.events.get(name, {}).items()]
        if theirs != mine:
            lines.append(f"{name}: {mine}, recorded {theirs}")
    return lines


def _time(item: tuple[tuple[int, str], str]) -> int:
    return item[0][0]


def _summary(recorded: Story, told: Story) -> list[str]:
    return [] if recorded.summary == told.summary else [f"summary {told.summary}, recorded {recorded.summary}"]


def _keys(recorded: Story, told: Story) -> list[str]:
    pairs = [
        *(
            (recorded.allocations[name], told.allocations[name])
            for name in recorded.allocations.keys() & told.allocations.keys()
        ),
        *(
            (recorded.deployments[name], told.deployments[name])
            for name in recorded.deployments.keys() & told.deployments.keys()
        ),
        *(
            (recorded.evaluations[name], told.evaluations[name])
            for name in recorded.evaluations.keys() & told.evaluations.keys()
        ),
    ]
    return sorted({path for theirs, mine in pairs for path in same_keys(theirs.last, mine.last)})
