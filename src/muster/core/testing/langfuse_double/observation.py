"""What Langfuse makes of a span: an observation, read from OpenTelemetry's attributes and Langfuse's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

_OWN = "langfuse.observation"
_TRACE = "langfuse.trace"


@dataclass(frozen=True)
class Observation:
    """A span as it arrived: ids in hexadecimal, times in nanoseconds, and the attributes of span and resource.

    `links` are the trace ids that it points to.
    """

    id: str
    trace_id: str
    parent_id: str
    name: str
    start_ns: int
    end_ns: int
    error: str | None
    """The status' message where the status is an error."""
    attributes: Mapping[str, JsonValue]
    resource: Mapping[str, JsonValue]
    links: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """What Langfuse calls its kind."""
        return str(self.attributes.get(f"{_OWN}.type") or "span").upper()

    @property
    def level(self) -> str:
        """Langfuse's own word for it, else what the status says."""
        said = self.attributes.get(f"{_OWN}.level")
        return str(said) if said else "DEFAULT" if self.error is None else "ERROR"

    @property
    def message(self) -> str | None:
        """Why the level is not the ordinary one."""
        said = self.attributes.get(f"{_OWN}.status_message")
        return str(said) if said else self.error or None

    @property
    def session(self) -> JsonValue:
        """The session that its trace belongs to."""
        return self.first("session.id", "gen_ai.conversation.id")

    @property
    def metadata(self) -> dict[str, JsonValue]:
        """Facts about it, and about its trace."""
        prefixes = (f"{_OWN}.metadata.", f"{_TRACE}.metadata.")
        return {
            name.removeprefix(prefix): value
            for name, value in self.attributes.items()
            for prefix in prefixes
            if name.startswith(prefix)
        }

    def first(self, *names: str) -> JsonValue:
        """The first of these attributes that is set, of the span or of its resource."""
        known = {**self.resource, **self.attributes}
        return next((known[name] for name in names if known.get(name) is not None), None)

    def usage(self) -> dict[str, JsonValue]:
        """Tokens by their side."""
        said = self.attributes.get(f"{_OWN}.usage_details")
        if isinstance(said, str):
            return json.loads(said)
        sides = {side: self.attributes.get(f"gen_ai.usage.{side}_tokens") for side in ("input", "output")}
        return {side: tokens for side, tokens in sides.items() if tokens is not None}

    def cost(self) -> dict[str, JsonValue]:
        """Dollars; empty where nobody knows."""
        said = self.attributes.get(f"{_OWN}.cost_details")
        if isinstance(said, str):
            return json.loads(said)
        cost = self.attributes.get("gen_ai.usage.cost")
        return {} if cost is None else {"total": cost}

    def document(self, groups: frozenset[str]) -> dict[str, JsonValue]:
        """The observation as the API shows it: only these groups of fields."""
        return {name: value for group, part in self._parts().items() if group in groups for name, value in part.items()}

    def _parts(self) -> dict[str, dict[str, JsonValue]]:
        return {
            "core": {
                "id": self.id,
                "traceId": self.trace_id,
                "startTime": moment(self.start_ns),
                "endTime": moment(self.end_ns),
                "projectId": "project",
                "parentObservationId": self.parent_id or None,
                "type": self.type,
            },
            "basic": self._basic(),
            "time": {"completionStartTime": None, "createdAt": moment(self.end_ns), "updatedAt": moment(self.end_ns)},
            "io": {
                "input": self.first(f"{_OWN}.input", "input.value"),
                "output": self.first(f"{_OWN}.output", "output.value"),
            },
            "metadata": {"metadata": self.metadata},
            "model": self._model(),
            "usage": {
                "usageDetails": self.usage(),
                "costDetails": self.cost(),
                "totalCost": self.cost().get("total"),
            },
            "prompt": {
                "promptId": None,
                "promptName": self.first(f"{_OWN}.prompt.name"),
                "promptVersion": self.first(f"{_OWN}.prompt.version"),
            },
            "metrics": {"latency": (self.end_ns - self.start_ns) / 1e9, "timeToFirstToken": None},
            "trace_context": {
                "tags": self.first(f"{_TRACE}.tags", "langfuse.tags") or list[JsonValue](),
                "release": self.first("langfuse.release"),
                "traceName": self.first(f"{_TRACE}.name"),
            },
        }

    def _basic(self) -> dict[str, JsonValue]:
        return {
            "name": self.name,
            "level": self.level,
            "statusMessage": self.message,
            "version": self.first("langfuse.version", "service.version"),
            "environment": self.first("langfuse.environment", "deployment.environment.name") or "default",
            "bookmarked": False,
            "public": False,
            "userId": self.first("langfuse.user.id", "user.id"),
            "sessionId": self.session,
            "isRootObservation": not self.parent_id or bool(self.attributes.get("langfuse.internal.is_app_root")),
        }

    def _model(self) -> dict[str, JsonValue]:
        requested = {name.removeprefix("gen_ai.request."): value for name, value in self.attributes.items()}
        parameters = {
            name: value
            for name, value in requested.items()
            if f"gen_ai.request.{name}" in self.attributes and name != "model"
        }
        model = self.first(f"{_OWN}.model.name", "gen_ai.response.model", "gen_ai.request.model")
        return {"model": model, "internalModelId": None, "modelParameters": parameters}


def moment(nanoseconds: int) -> str:
    """A time as the API writes it."""
    at = datetime.fromtimestamp(nanoseconds // 10**9, UTC).replace(microsecond=nanoseconds // 1000 % 10**6)
    return at.isoformat().replace("+00:00", "Z")
