"""The content services as processes of a home, a database and a broker of their own, for benches."""

import os
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import yaml

from muster.threads.common.personas import load_personas
from muster.threads.db.engine import sqlite_url
from muster.threads.supervisor import python_command

POSTGRES = os.environ.get("MUSTER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
PERSONAS = 8
PORTS = {"fake-threads": 18_201, "persona-runtime": 18_202, "embedded-qdrant": 18_203, "orchestrator": 18_204,
         "worker": 18_205}  # fmt: skip
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Bench:
    """Services of one home, database and broker, by name."""

    environment: Mapping[str, str]
    processes: dict[str, subprocess.Popen[bytes]]

    def start(self, *names: str) -> None:
        for name in names:
            words = ("worker",) if name == "worker" else ("serve", name, "--port", str(PORTS[name]))
            command = (*python_command(*words), "--metrics-port", str(PORTS[name] + 100))
            self.processes[name] = subprocess.Popen(
                command, env={**os.environ, **self.environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        for name in names:
            port = PORTS[name] + 100 if name == "worker" else PORTS[name]
            wait_for(f"http://127.0.0.1:{port}/{'metrics' if name == 'worker' else 'health'}")

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        process.wait(60)

    def cpu_s(self) -> dict[str, float]:
        """Of each process, so far."""
        fields = {name: Path(f"/proc/{one.pid}/stat").read_text().rsplit(")", 1)[1].split()
                  for name, one in self.processes.items()}  # fmt: skip
        return {name: (int(of[11]) + int(of[12])) / TICKS for name, of in fields.items()}

    def rss_mb(self) -> dict[str, int]:
        text = {name: Path(f"/proc/{one.pid}/status").read_text() for name, one in self.processes.items()}
        return {name: int(of.split("VmRSS:")[1].split()[0]) // 1024 for name, of in text.items()}


@contextmanager
def services(database_url: str, rabbitmq_url: str) -> Generator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        urls = {name: f"http://127.0.0.1:{port}" for name, port in PORTS.items()}
        environment = {
            "MUSTER_HOME": folder, "DATABASE_URL": database_url or sqlite_url(Path(folder) / "threads.db"),
            "RABBITMQ_URL": rabbitmq_url, "QDRANT_URL": urls["embedded-qdrant"], "OPENAI_API_KEY": "test",
            "PERSONA_RUNTIME_URL": urls["persona-runtime"], "THREADS_API_URL": urls["fake-threads"],
            "THREADS_PERSONAS": str(personas(Path(folder))), "LOG_LEVEL": "error",
        }  # fmt: skip
        bench = Bench(environment, {})
        try:
            yield bench
        finally:
            for name in [*bench.processes]:
                bench.stop(name)


@contextmanager
def postgres() -> Generator[str]:
    name = f"muster_bench_{uuid4().hex}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def rabbitmq() -> Generator[str]:
    name = f"muster_bench_{uuid4().hex}"
    for words in (["add_vhost", name], ["set_permissions", "-p", name, "guest", ".*", ".*", ".*"]):
        subprocess.run(["rabbitmqctl", *words], check=True, capture_output=True)
    try:
        yield f"amqp://guest:guest@127.0.0.1:5672/{name}"
    finally:
        subprocess.run(["rabbitmqctl", "delete_vhost", name], check=True, capture_output=True)


def personas(home: Path) -> Path:
    """Who never sleep, each with a day of 250 posts."""
    folder, shipped = home / "personas", load_personas()["ai-elon"].model_dump(mode="json", exclude={"id"})
    folder.mkdir()
    changed = {"schedule": {"timezone": "UTC"}, "limits": {"posts_per_day": 250}}
    for one in range(PERSONAS):
        (folder / f"p{one}.yaml").write_text(yaml.safe_dump(shipped | changed))
    return folder


def wait_for(url: str) -> None:
    end_s = time.monotonic() + 90
    while time.monotonic() < end_s:
        try:
            if httpx.get(url, timeout=5, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(url)
