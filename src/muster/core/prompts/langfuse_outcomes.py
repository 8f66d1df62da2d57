"""Outcomes as Langfuse holds them: which traces used a version of a prompt, and the outcome score of each."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from pydantic import JsonValue

from muster.core.http import ServiceClient
from muster.core.prompts.outcomes import Outcome

_OBSERVATIONS = "/api/public/v2/observations"
_SCORES = "/api/public/v3/scores"
_PAGE = 1000  # of observations, the most that Langfuse gives
_PAGES = 5  # the newest runs are enough to compare by
_SEARCHED_S = 10.0  # many observations are searched, after Langfuse has shown that it is there
_TRACES = 50  # of one question for scores: their ids go into its URL


class LangfuseOutcomes:
    """Satisfies `Outcomes`: a run is a trace, and its score `outcome` is true or false."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def of(self, name: str, version: int) -> Outcome:
        """Of the newest runs that used that version. Raises a ServiceError."""
        traces = tuple(dict.fromkeys(self._traces(name, version)))
        parts = (traces[start : start + _TRACES] for start in range(0, len(traces), _TRACES))
        values = [value for part in parts for value in self._scores(part)]
        return Outcome(sum(values) / len(values) if values else 0.0, len(values))

    def _traces(self, name: str, version: int) -> Iterator[str]:
        conditions = [
            {"type": "string", "column": "promptName", "operator": "=", "value": name},
            {"type": "number", "column": "promptVersion", "operator": "=", "value": version},
        ]
        asked = {"fields": "prompt", "limit": str(_PAGE), "filter": json.dumps(conditions)}
        for row in self._rows(_OBSERVATIONS, asked, pages=_PAGES):
            if (row.get("promptName"), row.get("promptVersion")) == (name, version):
                yield str(row.get("traceId"))

    def _scores(self, traces: tuple[str, ...]) -> Iterator[float]:
        asked = {"name": "outcome", "traceId": ",".join(traces), "limit": "100"}
        for row in self._rows(_SCORES, asked, pages=_PAGES):
            if isinstance(value := row.get("value"), int | float):
                yield float(value)

    def _rows(self, path: str, asked: Mapping[str, str], *, pages: int) -> Iterator[dict[str, JsonValue]]:
        params = dict(asked)
        for _ in range(pages):
            response = self._client.get(path, params=params, timeout_s=_SEARCHED_S)
            body = _fields(self._client.json(response))
            data = body.get("data")
            yield from (_fields(row) for row in (data if isinstance(data, list) else []))
            cursor = _fields(body.get("meta")).get("cursor")
            if not cursor:
                return
            params["cursor"] = str(cursor)


def _fields(value: JsonValue) -> dict[str, JsonValue]:
    return cast("dict[str, JsonValue]", value) if isinstance(value, dict) else {}
