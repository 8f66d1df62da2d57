"""The event stream names what happened as the recorded one does."""

import json
from pathlib import Path
from typing import Any

import pytest

from muster.nomad.embedded.events.rendering import render_events
from muster.nomad.embedded.events.topics import TopicError, parse_topics, subscribes
from nomad.embedded.api_replay import Api
from nomad.embedded.timelines import RECORDINGS, submitted
from shared_data import needs_shared

Json = dict[str, Any]


def told(groups: list[Json], job: str) -> list[tuple[str, str]]:
    """The topics and types of the events about a job, in order, each once for an index."""
    return [
        (event["Topic"], event["Type"]) for group in groups for event in group["Events"] if job in event["FilterKeys"]
    ]


@needs_shared
def test_a_jobs_events_come_as_recorded(tmp_path: Path) -> None:
    frames = json.loads((RECORDINGS / "event_stream_topic_job.json").read_text())["frames"]
    recorded = [frame for frame in frames if frame.get("Events") and 564 <= frame["Index"] <= 571]
    with Api(tmp_path) as api:
        api.register(submitted("misc"), 2)
        groups = list(render_events(list(api.host.cluster.store.changes), lambda state: {"ID": state.node.id}))
    mine = [(topic, kind) for topic, kind in told(groups, "misc") if topic != "Evaluation"]
    assert sorted(set(told(recorded, "misc"))) == sorted(set(mine))


@needs_shared
def test_a_payload_has_the_recorded_fields(tmp_path: Path) -> None:
    frames = json.loads((RECORDINGS / "event_stream_topic_job.json").read_text())["frames"]
    recorded = {(e["Topic"], e["Type"]): e for frame in reversed(frames) for e in frame.get("Events") or ()}
    with Api(tmp_path) as api:
        api.register(submitted("misc"), 2)
        groups = list(render_events(list(api.host.cluster.store.changes), lambda state: {"ID": state.node.id}))
    mine = {(e["Topic"], e["Type"]): e for group in reversed(groups) for e in group["Events"]}
    for kind in (("Deployment", "PlanResult"), ("Evaluation", "JobRegistered"), ("Allocation", "PlanResult")):
        assert mine[kind].keys() == recorded[kind].keys()
        [payload], [wanted] = mine[kind]["Payload"].values(), recorded[kind]["Payload"].values()
        assert payload.keys() >= wanted.keys() - {"PreviousAllocation"}


def test_topics_choose_by_key_and_filter() -> None:
    topics = parse_topics(["Job:web", "Node"])
    event: Json = {"Topic": "Job", "Key": "web", "FilterKeys": [], "Namespace": "default"}
    assert subscribes(topics, "default", event)
    assert not subscribes(topics, "default", {**event, "Key": "api"})
    assert not subscribes(topics, "other", event)
    assert subscribes(topics, "other", {**event, "Topic": "Node", "Namespace": ""})


def test_a_topic_with_two_keys_is_refused() -> None:
    with pytest.raises(TopicError):
        parse_topics(["Job:a:b"])
