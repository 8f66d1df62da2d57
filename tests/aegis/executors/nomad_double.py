"""Nomad's HTTP API, as far as an executor asks it; statuses, texts and shapes as recorded from Nomad 1.1.2."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aegis.executors.containers import Container


class NomadDouble:
    """One client node; every job is placed at once, unless `full`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.full = False
        self.jobs: dict[str, dict[str, Any]] = {}
        self.containers: dict[str, Container] = {}
        self.starts = 0
        self.oom_killed = False
        self._stopped: set[str] = set()

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        parts = path.removeprefix("/v1/").split("/")
        if parts[0] == "jobs" and method == "GET":
            return 200, [{"ID": name} for name in self.jobs]
        if parts[0] == "jobs":
            return self._register(body)
        if method == "DELETE":
            return self._delete(parts[1])
        if parts[1] not in self.jobs:
            return (200, []) if parts[2:] else (404, "job not found")
        return (
            self._allocations(parts[1], query)
            if parts[2:]
            else (200, {"ID": parts[1], "Status": self._status(parts[1])})
        )

    def _status(self, job: str) -> str:
        if job in self._stopped:
            return "dead"
        return "running" if job in self.containers else "pending"

    def _register(self, body: dict[str, Any]) -> tuple[int, Any]:
        job = body["Job"]
        assert body["EnforceIndex"] is True
        if job["ID"] in self.jobs:
            return 500, "Enforcing job modify index 0: job already exists"
        self.jobs[job["ID"]] = job
        if not self.full:
            self._place(job)
        return 200, {"EvalID": "3cad9300-11c9-0a01-ab7a-e292fab15bc3", "JobModifyIndex": 10, "Warnings": ""}

    def _place(self, job: dict[str, Any]) -> None:
        task = job["TaskGroups"][0]["Tasks"][0]
        local = self.folder / f"alloc-{len(self.jobs)}" / "job/local"
        local.mkdir(parents=True)
        (local / "script.py").write_text(task["Templates"][0]["EmbeddedTmpl"])
        inputs = self.folder / "volume"
        inputs.mkdir(exist_ok=True)
        binds = [(str(local), "/local"), (str(inputs), "/inputs")]
        argv = [task["Config"]["command"], *task["Config"]["args"]]
        container = Container(argv, task["Env"], binds, local.parent.parent / "log")
        self.containers[job["ID"]] = container
        self.starts += 1
        container.start()

    def _delete(self, job: str) -> tuple[int, Any]:
        self._stopped.add(job)
        if job in self.containers and self.containers[job].status() is None:
            self.containers[job].stop(5)
        return 200, {"EvalID": "3cad9300-11c9-0a01-ab7a-e292fab15bc3"}

    def _allocations(self, job: str, query: dict[str, str]) -> tuple[int, Any]:
        if job not in self.containers:
            return 200, []
        container = self.containers[job]
        if "index" in query:
            time.sleep(0.02)
        status = container.status()
        events = [{"Type": "Started", "Time": int(container.began * 1e9), "ExitCode": 0, "Details": {}}]
        if status is not None:
            details = {"signal": "0", "oom_killed": str(self.oom_killed).lower(), "exit_code": str(status)}
            ended = int(container.ended * 1e9)
            events.append({"Type": "Terminated", "Time": ended, "ExitCode": status, "Details": details})
        said = "running" if status is None else "failed" if status else "complete"
        place = container.log.parent.name
        return 200, [{"ID": place, "CreateIndex": 396, "ClientStatus": said, "TaskStates": {"job": {"Events": events}}}]

    def files(self, verb: str, allocation: str, query: dict[str, str]) -> tuple[int, Any]:
        if verb == "logs":
            log = self.folder / allocation / "log"
            return 200, log.read_bytes() if query["type"] == "stderr" else b""
        path = self.folder / allocation / query["path"]
        if not path.exists():
            return 500, f"stat {path}: no such file or directory"
        if verb == "ls":
            return 200, [_stat(item) for item in sorted(path.iterdir())]
        offset, limit = int(query["offset"]), int(query["limit"])
        return 200, path.read_bytes()[offset : offset + limit]


def _stat(item: Path) -> dict[str, Any]:
    status = item.lstat()
    mode = "Lrwxrwxrwx" if item.is_symlink() else "drwxrwxrwx" if item.is_dir() else "-rw-r--r--"
    return {"Name": item.name, "IsDir": item.is_dir(), "Size": status.st_size, "FileMode": mode, "ModTime": ""}


class _Server(ThreadingHTTPServer):
    double: NomadDouble


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # type: ignore[assignment]

    def _serve(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.startswith("/v1/client/fs/"):
            _, _, _, _, verb, allocation = url.path.split("/")
            status, said = self.server.double.files(verb, allocation, query)
        else:
            status, said = self.server.double.answer(self.command, url.path, query, body)
        content = (
            said if isinstance(said, bytes) else said.encode() if isinstance(said, str) else json.dumps(said).encode()
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Nomad-Index", "407")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def nomad_cluster(folder: Path) -> Iterator[tuple[NomadDouble, str]]:
    folder.mkdir(parents=True, exist_ok=True)
    double = NomadDouble(folder)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.double = double
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield double, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            for container in double.containers.values():
                if container.process is not None:
                    container.process.kill()
                    container.process.wait()
