"""`threads up`: every service as a process of its own on this machine, as the settings say."""

import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from muster.core.console import make_console, visible
from muster.core.errors import MusterError, UsageError
from muster.core.observability.logs import set_up_logs
from muster.core.settings import load_settings
from muster.core.web.api_keys import is_loopback
from muster.core.web.serving import listen
from muster.threads.api_client import open_api
from muster.threads.board import render_board, summary
from muster.threads.common.settings import METRICS_PORT, PORTS, ServiceName, ThreadsSettings
from muster.threads.database_commands import upgrade_database
from muster.threads.demo_tasks import DemoTasks
from muster.threads.supervisor import Process, Supervisor, python_command

_DEMO_PATIENCE_S = 120.0


@dataclass(frozen=True)
class UpOptions:
    """What the command line adds to the settings."""

    workers: int = 1
    pool: Literal["threads", "prefork"] = "threads"
    concurrency: int = 8
    qdrant_port: int = PORTS["embedded-qdrant"]
    demo_data: bool = False


@dataclass(frozen=True)
class _Service:
    name: ServiceName
    port: int


def run_services(options: UpOptions) -> None:
    """Migrate the database, then run until a signal. Raises UsageError for a port in use, and as `Supervisor.run`."""
    settings = load_settings(ThreadsSettings)
    set_up_logs(settings, service="up")
    processes = plan_processes(settings, options)
    _check_ports(settings, options)
    upgrade_database(settings)
    supervisor = Supervisor(processes, _say)
    try:
        supervisor.run(lambda: _when_ready(settings, options, supervisor))
    except KeyboardInterrupt:
        _say("all is stopped")


def plan_processes(settings: ThreadsSettings, options: UpOptions) -> tuple[Process, ...]:
    """Who runs, in order: first what the others need. Each has a port of metrics of its own, counted on from
    METRICS_PORT."""
    first = settings.metrics_port or METRICS_PORT
    own = _own_services(settings, options)
    qdrant = () if settings.qdrant_url else ("/usr/bin/env", f"QDRANT_URL=http://127.0.0.1:{options.qdrant_port}")
    services = [
        Process(
            service.name,
            (*qdrant, *python_command("serve", service.name, "--port", str(service.port), "--metrics-port", str(port))),
            f"http://{_asked_at(settings)}:{service.port}/ready",
        )
        for port, service in enumerate(own, start=first)
    ]
    return (*services, *_workers(settings, options, qdrant, first + len(own)))


def _workers(settings: ThreadsSettings, options: UpOptions, before: Sequence[str], port: int) -> tuple[Process, ...]:
    words = ("worker", "--pool", options.pool, "--concurrency", str(options.concurrency))
    return tuple(
        Process(
            f"worker-{number}",
            (*before, *python_command(*words, "--metrics-port", str(port + number - 1))),
            f"http://127.0.0.1:{port + number - 1}/metrics",
        )
        for number in range(1, options.workers + 1)
    )


def _own_services(settings: ThreadsSettings, options: UpOptions) -> tuple[_Service, ...]:
    qdrant = () if settings.qdrant_url else (_Service("embedded-qdrant", options.qdrant_port),)
    here = [_Service(name, _port(address, name)) for name, address in _addresses(settings).items() if _is_here(address)]
    return (*qdrant, *here)


def _addresses(settings: ThreadsSettings) -> Mapping[ServiceName, str]:
    """In the order that they are started."""
    return {
        "fake-threads": settings.threads_api_url,
        "persona-runtime": settings.persona_runtime_url,
        "orchestrator": settings.orchestrator_url,
    }


def _is_here(address: str) -> bool:
    """What has an address on this machine is ours to run."""
    return is_loopback(urlsplit(address).hostname or "")


def _port(address: str, name: ServiceName) -> int:
    return urlsplit(address).port or PORTS[name]


def _asked_at(settings: ThreadsSettings) -> str:
    return settings.threads_bind_host if is_loopback(settings.threads_bind_host) else "127.0.0.1"


def _check_ports(settings: ThreadsSettings, options: UpOptions) -> None:
    for service in _own_services(settings, options):
        try:
            listen(settings.threads_bind_host, service.port).close()
        except UsageError as error:
            raise UsageError(
                f"{service.name} can't be started: {error.message}",
                advice="Stop what listens there, or set its address.",
            ) from error


def _when_ready(settings: ThreadsSettings, options: UpOptions, supervisor: Supervisor) -> None:
    supervisor.tell("up", f"the API is at {settings.orchestrator_url}; Ctrl-C stops all")
    if options.demo_data:
        threading.Thread(target=_ask_demo, args=(settings, supervisor), daemon=True).start()


def _ask_demo(settings: ThreadsSettings, supervisor: Supervisor) -> None:
    try:
        with open_api(settings) as api:
            tasks = DemoTasks(api)
            tasks.ask()
            settled = tasks.follow(lambda now: None, threading.Event().wait, _DEMO_PATIENCE_S)
    except MusterError as error:
        supervisor.tell("demo", error.message)
        return
    console = make_console()
    console.print(render_board(settled, console.width))
    supervisor.tell("demo", summary(settled))


def _say(line: str) -> None:
    """Services run on, and are stopped in order, where nobody reads any more."""
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{visible(line)}\n")
        sys.stdout.flush()
