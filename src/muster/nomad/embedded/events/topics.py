"""What a stream subscribes to: topics with keys, as `topic=Job:web` says it."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
Topics = Mapping[str, tuple[str, ...]]
EVERYTHING: Topics = {"*": ("*",)}


class TopicError(Exception):
    """A topic that makes no sense; the text is the server's."""


def parse_topics(asked: list[str]) -> Topics:
    """The topics of a query; none is all. Raises TopicError."""
    if not asked:
        return EVERYTHING
    topics: dict[str, tuple[str, ...]] = {}
    for text in asked:
        topic, _, key = text.partition(":")
        if ":" in key:
            raise TopicError(f"error parsing topics: Invalid key value pair for topic, topic: {text}")
        topics[topic] = (*topics.get(topic, ()), key if ":" in text else "*")
    return topics


def subscribes(topics: Topics, namespace: str, event: Json) -> bool:
    """Whether an event is among what was asked for."""
    if namespace != "*" and event["Namespace"] not in ("", namespace):
        return False
    keys = (*topics.get("*", ()), *topics.get(event["Topic"], ()))
    return any(key in ("*", event["Key"], *event["FilterKeys"]) for key in keys)
