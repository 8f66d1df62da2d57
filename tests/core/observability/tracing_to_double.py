"""Runs and spans that are sent over real HTTP to a Langfuse on loopback, and read back with Langfuse's own client."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
from langfuse.api import LangfuseAPI
from pydantic import SecretStr

from muster.core.observability.settings import TraceSettings
from muster.core.observability.traces import Identity, Traces, open_traces
from muster.core.observability.tracing import traced_by
from muster.core.testing.langfuse_double.observation import Observation
from muster.core.testing.langfuse_double.server import RecordingLangfuse

IDENTITY = Identity("b39bc6dd-b7ee-5aee-8ade-e5d7dcabfc2a", "sample", "ada", ("a-tag", "sample"))
ALL_FIELDS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"


def settings_for(server: RecordingLangfuse) -> TraceSettings:
    return TraceSettings(
        langfuse_enabled=True,
        langfuse_public_key=server.public_key,
        langfuse_secret_key=SecretStr(server.secret_key),
        langfuse_base_url=server.address,
    )


@contextmanager
def traced_to(server: RecordingLangfuse, *, after: str = "") -> Generator[Traces]:
    with open_traces(settings_for(server), IDENTITY, after=after) as traces, traced_by(traces.tracer):
        yield traces


@contextmanager
def api_of(server: RecordingLangfuse) -> Generator[LangfuseAPI]:
    """Langfuse's own client."""
    with httpx.Client() as http:
        yield LangfuseAPI(
            base_url=server.address, username=server.public_key, password=server.secret_key, httpx_client=http
        )


def read_back(server: RecordingLangfuse, **asked: Any) -> list[Any]:
    """Every observation, oldest first, by as many pages as it takes."""
    found, cursor = list[Any](), None
    with api_of(server) as api:
        while True:
            page = api.observations.get_many(fields=ALL_FIELDS, limit=2, cursor=cursor, **asked)
            found += page.data
            cursor = page.meta.cursor
            if cursor is None:
                return found[::-1]


def tree(server: RecordingLangfuse) -> dict[str, Any]:
    """Names below names, as the server put them together."""
    known = sorted(server.project.observations.values(), key=lambda one: one.start_ns)

    def below(parent: str) -> dict[str, Any]:
        return {one.name: below(one.id) for one in known if one.parent_id == parent}

    return below("")


def named(server: RecordingLangfuse, name: str) -> Observation:
    (one,) = [one for one in server.project.observations.values() if one.name == name]
    return one
