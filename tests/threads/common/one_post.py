"""One post through all services in this process, and then its metrics: a model writes it, a person edits it, and the
platform fails once.

    python one_post.py    (MUSTER_HOME is a folder of the caller's)
"""

from contextlib import ExitStack
from uuid import UUID

import httpx
from pydantic import SecretStr

from muster.core.testing.openai_double import OpenAIDouble, says
from muster.core.web.serving import ServerThread
from muster.threads.celery_worker.app import build_worker
from muster.threads.celery_worker.pipeline import publish_post
from muster.threads.celery_worker.tasks import StopFlag
from muster.threads.common.metric_serving import metrics_text
from muster.threads.common.settings import ServiceName, ThreadsSettings
from muster.threads.demo import demo_settings
from muster.threads.serving import build_service, farewell

WORDS = '{"hook": "Mars is near.", "body": "Pack your bags for a long way."}'
BEFORE: tuple[tuple[ServiceName, str], ...] = (
    ("embedded-qdrant", "qdrant_url"),
    ("fake-threads", "threads_api_url"),
    ("persona-runtime", "persona_runtime_url"),
)


def with_model(double: OpenAIDouble) -> ThreadsSettings:
    settings = ThreadsSettings()
    settings.muster_home.mkdir(exist_ok=True)
    model = {"openai_api_key": SecretStr("planted-key-0123456789"), "openai_base_url": f"{double.address}/v1"}
    return demo_settings(settings, settings.muster_home).model_copy(update=model)


def running(stack: ExitStack, settings: ThreadsSettings) -> tuple[ThreadsSettings, str]:
    for name, setting in BEFORE:
        server = stack.enter_context(ServerThread(build_service(name, settings)))
        settings = settings.model_copy(update={setting: server.address})
    orchestrator = build_service("orchestrator", settings)
    ending = farewell("orchestrator", orchestrator)
    return settings, stack.enter_context(ServerThread(orchestrator, before_close=ending)).address


def play(settings: ThreadsSettings, api: httpx.Client) -> None:
    worker = build_worker(settings, StopFlag())
    asked = {"persona_id": "ai-elon", "topic": "rockets", "needs_approval": True}
    task_id = UUID(api.post("/task", json=asked).raise_for_status().json()["id"])
    publish_post(worker, task_id)
    api.post(f"/task/{task_id}/approve", json={"body": "Pack light for a long way."}).raise_for_status()
    fault = {"kinds": ["error_500"], "endpoint": "publish", "next_calls": 1}
    httpx.post(f"{settings.threads_api_url}/_control/faults", json=fault, trust_env=False).raise_for_status()
    publish_post(worker, task_id)
    api.post(f"/task/{task_id}/retry").raise_for_status()
    publish_post(worker, task_id)
    told = api.get(f"/task/{task_id}").raise_for_status().json()
    assert told["state"] == "published", told


def main() -> None:
    with ExitStack() as stack:
        settings, address = running(stack, with_model(stack.enter_context(OpenAIDouble(says(WORDS)))))
        play(settings, stack.enter_context(httpx.Client(base_url=address, trust_env=False, timeout=30)))
        print(metrics_text().decode())


if __name__ == "__main__":
    main()
