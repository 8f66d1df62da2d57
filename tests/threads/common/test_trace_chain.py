"""A task's whole way is one trace: the API, the worker, the persona runtime, its model, and the platform."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from core.observability.tracing_to_double import settings_for, tree
from muster.core.llm.ports import Prompt
from muster.core.observability.service_traces import service_traces
from muster.core.observability.tracing import span
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.core.testing.openai_double import OpenAIDouble, says
from muster.threads.common.correlation import carried, continued, http_headers, mount_hops
from muster.threads.common.openai_wrapper import OpenAIWrapper
from muster.threads.common.personas import load_personas
from muster.threads.common.settings import ThreadsSettings


def runtime(model: OpenAIDouble) -> FastAPI:
    key = SecretStr("planted-key-0123456789")
    wrapper = OpenAIWrapper(ThreadsSettings(openai_api_key=key, openai_base_url=f"{model.address}/v1"))
    app = FastAPI()

    @app.post("/run")
    def run() -> str:
        return wrapper.write(load_personas()["ai-elon"], "hook", Prompt("Be loud.", "Rockets.")).text

    mount_hops(app, "persona-runtime")
    return app


def api(messages: list[dict[str, Any]]) -> FastAPI:
    app = FastAPI()

    @app.post("/task")
    def task() -> str:
        messages.append(carried())
        return "queued"

    mount_hops(app, "orchestrator")
    return app


def post(app: FastAPI, path: str) -> None:
    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
            (await client.post(path, headers=http_headers())).raise_for_status()

    asyncio.run(ask())


def test_a_tasks_whole_way_is_one_trace() -> None:
    messages: list[dict[str, Any]] = []
    with RecordingLangfuse() as server, OpenAIDouble(says("To Mars!")) as model:
        with service_traces(settings_for(server), "threads-demo"):
            post(api(messages), "/task")
            with continued(messages[0], service="celery-worker"), span("queue_post"):
                post(runtime(model), "/run")
                with span("publish"):
                    pass
        below = {"persona-runtime POST": {"chat gpt-4o": {}}, "publish": {}}
        assert tree(server) == {"orchestrator POST": {"queue_post": below}}
        assert len({one.trace_id for one in server.project.observations.values()}) == 1
