"""What a run came to, as numbers on its trace: Langfuse compares prompts and models by them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Score:
    """One number about a trace. One with the id and time of an earlier one takes its place.

    `outcome` is 1 when the run's verdict is good, else 0. `iterations` are the repairs that it took. `duration_s` are
    the seconds from the beginning of the run to its end, the time that a human took to answer included. Other names are
    the agent's (`Agent.scores`).
    """

    id: str
    name: str
    value: float
    at: datetime
    comment: str = ""
