"""All that was recorded of Nomad's own endpoints, how much of it is asked, and how much agrees."""

import json
from collections import Counter
from dataclasses import dataclass

from nomad.embedded.api_cases import plan_names, stateless_names
from nomad.embedded.api_differences import REASONS, TIMELINES
from nomad.embedded.run_replay import run_names
from nomad.embedded.sequences import SEQUENCES
from nomad.embedded.timelines import RECORDINGS, timeline_names

OTHERS = ("consul", "vault_", "fabio_", "full_agent_services", "full_consul_health", "full_fabio_routes")
"""Recordings of other servers than Nomad."""
STREAMS = ("event_stream_heartbeat", "event_stream_topic_job")


@dataclass(frozen=True)
class Share:
    """How many recordings there are, and how many agree."""

    recorded: int
    agreeing: int

    @property
    def percent(self) -> float:
        """Of a hundred."""
        return 100 * self.agreeing / self.recorded


def recorded_of_nomad() -> set[str]:
    """Every recording of Nomad's endpoints."""
    index = json.loads((RECORDINGS / "INDEX.json").read_text())
    files = {entry["file"] for entry in index}
    names = {file.removesuffix(".json") for file in files if (RECORDINGS / file).is_file()}
    return {name for name in names if not name.startswith(OTHERS)}


def answers_asked() -> set[str]:
    """The recordings that are asked as single requests."""
    asked = {*stateless_names(), *plan_names(), *(n for s in timeline_names() for n in run_names(s))}
    return asked | {step["ask"] for steps in SEQUENCES.values() for step in steps if "ask" in step}


def all_asked() -> set[str]:
    """The recordings that are asked, watched as timelines or streamed."""
    return answers_asked() | {f"timeline_{name}" for name in timeline_names()} | set(STREAMS)


def differing() -> dict[str, int]:
    """How many recordings differ, by reason; a timeline counts under its first."""
    reasons = [*REASONS.values(), *(next(iter(aspects.values())) for aspects in TIMELINES.values())]
    return dict(Counter(reasons))


def share() -> Share:
    """How much agrees; a timeline with one aspect that differs does not."""
    asked = all_asked()
    apart = set(REASONS) | {f"timeline_{name}" for name in TIMELINES}
    return Share(len(recorded_of_nomad()), len(asked - apart))
