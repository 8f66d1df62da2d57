"""`threads demo`: all services in one process, with nothing but this machine: SQLite, a broker in memory, the embedded
Qdrant, the fake Threads and the offline writer."""

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from rich.live import Live

from muster.core.console import make_console
from muster.core.errors import WorkFailedError
from muster.core.observability.logs import set_up_logs
from muster.core.settings import load_settings
from muster.core.web.serving import ServerThread
from muster.threads.api_client import ApiClient
from muster.threads.board import render_board, summary
from muster.threads.celery_worker.app import build_worker, working
from muster.threads.celery_worker.tasks import StopFlag, make_app
from muster.threads.common.contracts import TaskView
from muster.threads.common.personas import Schedule, load_personas
from muster.threads.common.settings import ServiceName, ThreadsSettings
from muster.threads.demo_tasks import DemoTasks
from muster.threads.serving import build_service, farewell

_PATIENCE_S = 60.0
_SERVICES_BEFORE: tuple[tuple[ServiceName, str], ...] = (
    ("embedded-qdrant", "qdrant_url"), ("fake-threads", "threads_api_url"), ("persona-runtime", "persona_runtime_url"),
)  # fmt: skip
"""What the orchestrator and the worker need, each with the setting of its address."""


def run_demo(minutes: float, port: int) -> None:
    """Show the board until all is settled, and stay so many minutes. Raises WorkFailedError where it did not come out
    as it should, UsageError for a port that can't be had."""
    began_s = time.monotonic()
    settings = load_settings(ThreadsSettings)
    set_up_logs(settings, service="demo")
    with (
        TemporaryDirectory(prefix="muster-threads-demo-") as folder,
        _running(settings, Path(folder), port) as (api, fake),
        ApiClient(api) as client,
    ):
        tasks = _play(DemoTasks(client))
        _tell(tasks, api, fake, time.monotonic() - began_s)
        threading.Event().wait(minutes * 60)


def demo_settings(settings: ThreadsSettings, home: Path) -> ThreadsSettings:
    """The caller's, without anything outside of `home`; the personas have no quiet hours, or a night would show
    nothing."""
    personas = home / "personas"
    personas.mkdir()
    for persona in load_personas().values():
        awake = persona.model_copy(update={"schedule": Schedule()}).model_dump(mode="json", exclude={"id"})
        (personas / f"{persona.id}.yaml").write_text(yaml.safe_dump(awake, allow_unicode=True), encoding="utf-8")
    ours = {
        "muster_home": home, "database_url": "", "rabbitmq_url": "memory://here", "qdrant_api_key": None,
        "openai_api_key": None, "threads_accounts": None, "threads_api_keys": None, "threads_bind_host": "127.0.0.1",
        "threads_personas": personas,
    }  # fmt: skip
    return settings.model_copy(update=ours)


@contextmanager
def _running(settings: ThreadsSettings, home: Path, port: int) -> Generator[tuple[str, str]]:
    """Everything, within the block: the addresses of the orchestrator and of the fake platform."""
    settings = demo_settings(settings, home)
    with ExitStack() as stack:
        for name, setting in _SERVICES_BEFORE:
            server = stack.enter_context(ServerThread(build_service(name, settings)))
            settings = settings.model_copy(update={setting: server.address})
        orchestrator = build_service("orchestrator", settings)
        ending = farewell("orchestrator", orchestrator)
        api = stack.enter_context(ServerThread(orchestrator, port=port, before_close=ending)).address
        stop = StopFlag()
        stack.callback(stop.set)
        stack.enter_context(working(make_app(settings, lambda: build_worker(settings, stop), stop)))
        yield api, settings.threads_api_url


def _play(tasks: DemoTasks) -> Sequence[TaskView]:
    tasks.ask()
    console = make_console()
    with Live(console=console, auto_refresh=False, transient=False) as live:
        return tasks.follow(
            lambda now: live.update(render_board(now, console.width), refresh=True), time.sleep, _PATIENCE_S
        )


def _tell(tasks: Sequence[TaskView], api: str, fake: str, seconds: float) -> None:
    console = make_console()
    console.print(f"\n{summary(tasks)}; {seconds:.0f} s, offline: no model was asked.")
    console.print(f"API: {api}/tasks, {api}/openapi.json; the fake Threads: {fake}/published")
    ends = sorted(task.state for task in tasks if task.state != "published")
    if ends != ["blocked", "duplicate"]:
        raise WorkFailedError(f"one blocked and one duplicate were expected, not {', '.join(ends) or 'none'}")
