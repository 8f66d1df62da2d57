"""`threads up` as a user runs it: real processes, real HTTP."""

import os
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from muster.threads.db.engine import Database
from threads.commands.stack import METRICS_PORTS, PATIENCE_S, environment, free_port, run, running_stack

pytestmark = pytest.mark.e2e


def awake_personas(folder: Path) -> Path:
    """One persona that posts at any hour."""
    folder.mkdir()
    (folder / "ai-night.yaml").write_text(PERSONA)
    return folder


PERSONA = """
name: Night
voice:
  tone: dry
  instructions: Speak.
  openers: ["On {topic}.", "About {topic}.", "Once more {topic}."]
  thoughts: ["It rains.", "A door is open.", "Nobody counts.", "Tea helps.", "Trains are late.", "Bread is warm."]
  closers: ["So it is.", "Good night.", "Well."]
topics: [night]
"""


def test_up_on_this_machine_alone_publishes_what_is_asked_and_stops_all_it_started(tmp_path: Path) -> None:
    personas = awake_personas(tmp_path / "personas")
    with running_stack(tmp_path / "home", THREADS_PERSONAS=str(personas)) as stack:
        posted = stack.threads("post", "ai-night", "the last train", "--wait")
        assert posted.returncode == 0, posted.stdout + posted.stderr
        assert "published         published" in posted.stdout
        assert len(stack.published()) == 1
        for number in range(METRICS_PORTS - 2):
            answer = httpx.get(f"http://127.0.0.1:{stack.metrics_port + number}/metrics", trust_env=False)
            assert "service_uptime_seconds" in answer.text
        qdrant = {"QDRANT_URL": f"http://127.0.0.1:{stack.qdrant_port}"}
        assert run(["doctor"], {**stack.env, **qdrant}, tmp_path).returncode == 0
        started = stack.children()
        stack.process.send_signal(signal.SIGINT)
        stack.wait_for("all is stopped")
        assert stack.process.wait(PATIENCE_S) == 0
        assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []


@pytest.mark.services
def test_a_worker_that_is_killed_is_started_again_and_nothing_is_lost(
    tmp_path: Path, empty_postgres: Database, rabbitmq: str
) -> None:
    settings = {
        "DATABASE_URL": empty_postgres.url.replace("postgresql+psycopg", "postgresql"),
        "RABBITMQ_URL": rabbitmq,
        "THREADS_PERSONAS": str(awake_personas(tmp_path / "personas")),
    }
    with running_stack(tmp_path / "home", "--pool", "prefork", "--concurrency", "2", **settings) as stack:
        assert stack.threads("post", "ai-night", "before the fall", "--wait").returncode == 0
        os.kill(stack.worker_pid(), signal.SIGKILL)
        stack.wait_for("ended with -9; it is started again")
        after = stack.threads("post", "ai-night", "the morning after a long fall", "--wait")
        assert after.returncode == 0, after.stdout + after.stderr
        assert len(stack.published()) == 2
        stack.process.send_signal(signal.SIGTERM)
        stack.wait_for("all is stopped")
        assert stack.process.wait(PATIENCE_S) == 0


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    taken = httpx.URL(f"http://127.0.0.1:{free_port()}")
    with subprocess.Popen(
        ["python3", "-m", "http.server", "--bind", "127.0.0.1", str(taken.port)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env={"PYTHONUNBUFFERED": "1", **os.environ},
    ) as other:  # fmt: skip
        assert other.stdout is not None
        other.stdout.readline()
        done = run(["up"], environment(tmp_path / "home", THREADS_API_URL=str(taken)), tmp_path)
        other.terminate()
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith(f"fake-threads can't be started: port {taken.port} of 127.0.0.1")
