"""What goes over the double's wire: requests, answers, and routes that join them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

if TYPE_CHECKING:
    from muster.core.testing.langfuse_double.project import Project


@dataclass(frozen=True)
class Request:
    """One request, as it arrived. `path` has no query and is not unquoted; `words` are what the route's path holds."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    def json(self) -> JsonValue:
        """The body read as JSON; null when it is empty or no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Answer:
    """Status and JSON body of an answer."""

    status: int
    body: JsonValue


@dataclass(frozen=True)
class Route:
    """Answers one method on the paths that match `path`, a regular expression with named groups."""

    method: str
    path: str
    answer: Callable[["Project", Request], Answer]

    def words(self, request: Request) -> Mapping[str, str] | None:
        """What the path holds, or None when this route is not meant."""
        found = re.fullmatch(self.path, request.path) if request.method == self.method else None
        return found.groupdict() if found else None


def refused(status: int, error: str, message: str) -> Answer:
    """An error as Langfuse words it: its kind, and a sentence."""
    return Answer(status, {"message": message, "error": error})
