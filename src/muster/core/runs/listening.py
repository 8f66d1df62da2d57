"""What a run tells while it goes on, and who may listen: the terminal view, the journal, a stream to a browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from muster.core.agent import Verdict
from muster.core.gates.questions import Form


@dataclass(frozen=True)
class NodeStarted:
    """A step began."""

    node: str


@dataclass(frozen=True)
class NodeFinished:
    """A step ended and its update is saved."""

    node: str
    update: Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """A step says something while it works: whatever it gave to `runtime.stream_writer`."""

    node: str
    payload: object


@dataclass(frozen=True)
class Asked:
    """The run stopped at a question."""

    form: Form


@dataclass(frozen=True)
class Ended:
    """The run reached its end, after so many repairs. `scores` are the agent's own."""

    verdict: Verdict
    repairs: int
    scores: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Traced:
    """What follows is sent to a backend for traces, as a part of this session."""

    session: str


@dataclass(frozen=True)
class Waiting:
    """A step waits for something, and says so again and again; an empty text says that the wait is over."""

    text: str


Happening = NodeStarted | NodeFinished | Progress | Asked | Ended | Traced | Waiting


class Listener(Protocol):
    """Hears everything, in order. It must not raise: the run would end with its error."""

    def __call__(self, happening: Happening) -> None:
        """Take note of one happening."""
        ...
