"""All services at once: two orchestrators and two workers as processes that can be killed, lines to database and broker
that can be cut, and a platform that fails."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yaml

from muster.core.clock import SystemClock
from muster.core.web.serving import ServerThread
from muster.threads.common.personas import Persona, load_personas
from muster.threads.common.settings import ThreadsSettings
from muster.threads.embedded_qdrant.app import build_on as build_qdrant
from muster.threads.persona_runtime.app import build as build_runtime
from threads.chaos.clocks import RacingClock
from threads.chaos.cut_line import CutLine
from threads.fake_platform import FakePlatform, running_fake

TESTS = Path(__file__).parents[2]
TIMES = 20
"""How fast the clock goes: a lease of two minutes takes six seconds."""
ORCHESTRATORS = ("orchestrator-1", "orchestrator-2")
WORKERS = ("worker-1", "worker-2")


@dataclass
class Stack:
    """Everything that runs. `killed` counts."""

    home: Path
    settings: Mapping[str, str]
    platform: FakePlatform
    since: datetime
    database_line: CutLine
    broker_line: CutLine
    ports: Mapping[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: int = 0

    @property
    def addresses(self) -> list[str]:
        """Of the orchestrators."""
        return [f"http://127.0.0.1:{self.ports[name]}" for name in ORCHESTRATORS]

    def start(self, name: str) -> None:
        given: dict[str, Any] = {
            "role": name.partition("-")[0], "home": str(self.home), "settings": self.settings,
            "since": self.since.isoformat(), "times": TIMES, "port": self.ports.get(name),
        }  # fmt: skip
        command = [sys.executable, "-m", "threads.chaos.service", json.dumps(given)]
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(command, cwd=TESTS, stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        """-9, and another one in its place."""
        self.processes[name].kill()
        self.processes[name].wait(10)
        self.killed += 1
        self.start(name)

    def close(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait(10)


@contextmanager
def running_stack(home: Path, database_url: str, broker_url: str, personas: int) -> Iterator[Stack]:
    """On a database with tables, and a virtual host of its own."""
    since = SystemClock().now()
    with ExitStack() as open_now:
        lines = [_line(open_now, url) for url in (database_url, broker_url)]
        platform = open_now.enter_context(running_fake(clock=RacingClock(since, TIMES)))
        settings = {
            "threads_personas": str(_many_personas(home, personas)),
            "threads_api_url": platform.url,
            "database_url": _by_line(database_url, lines[0]),
            "rabbitmq_url": _by_line(broker_url, lines[1]),
            "openai_api_key": "test",
        }
        runtime = build_runtime(ThreadsSettings(_env_file=None, muster_home=home, **settings))
        settings["persona_runtime_url"] = open_now.enter_context(ServerThread(runtime)).address
        settings["qdrant_url"] = open_now.enter_context(ServerThread(build_qdrant(home / "qdrant"))).address
        ports = {name: _free_port() for name in ORCHESTRATORS}
        stack = Stack(home, settings, platform, since, *lines, ports)
        open_now.callback(stack.close)
        for name in (*ORCHESTRATORS, *WORKERS):
            stack.start(name)
        yield stack


def _line(open_now: ExitStack, url: str) -> CutLine:
    line = CutLine(urlsplit(url).port or 5432)
    open_now.callback(line.close)
    return line


def _by_line(url: str, line: CutLine) -> str:
    parts = urlsplit(url)
    who = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{who}@127.0.0.1:{line.port}"))


def _many_personas(home: Path, number: int) -> Path:
    """That many who never sleep, each with a day of 250 posts, as the platform allows."""
    folder = home / "personas"
    folder.mkdir()
    shipped: Persona = load_personas()["ai-elon"]
    document = shipped.model_dump(mode="json", exclude={"id"}) | {
        "schedule": {"timezone": "UTC"}, "limits": {"posts_per_day": 250}
    }  # fmt: skip
    for one in range(number):
        (folder / f"p{one}.yaml").write_text(yaml.safe_dump(document))
    return folder


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def tasks_of_test(default: int) -> int:
    """A bench asks for more."""
    return int(os.environ.get("MUSTER_TEST_CHAOS_TASKS", default))
