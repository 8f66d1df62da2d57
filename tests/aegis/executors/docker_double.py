"""Docker's Engine API on a UNIX socket, as far as an executor asks it: statuses and bodies as the API's version 1.41
documents them. Not compared with a real engine."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from aegis.executors.containers import Container


class DockerDouble:
    """Containers by name. `bodies` are what was asked for."""

    def __init__(self, folder: Path, images: tuple[str, ...] = ("trainer:1",)) -> None:
        self.folder = folder
        self.images = images
        self.bodies: dict[str, dict[str, Any]] = {}
        self.containers: dict[str, Container] = {}
        self.starts = 0
        self.oom_killed = False

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/containers/create":
            return self._create(query["name"], body)
        if path.startswith("/images/"):
            known = unquote(path.removeprefix("/images/").removesuffix("/json")) in self.images
            return (200, {"Id": "sha256:0"}) if known else (404, {"message": "No such image"})
        name, _, verb = path.removeprefix("/containers/").partition("/")
        if name not in self.containers:
            return 404, {"message": f"No such container: {name}"}
        return getattr(self, f"_{verb}")(self.containers[name], query)

    def _create(self, name: str, body: dict[str, Any]) -> tuple[int, Any]:
        if body["Image"] not in self.images:
            return 404, {"message": f"No such image: {body['Image']}"}
        if name in self.containers:
            return 409, {"message": f'Conflict. The container name "/{name}" is already in use'}
        mounts = [mount for mount in body["HostConfig"]["Mounts"] if mount["Type"] == "bind"]
        binds = [(mount["Source"], mount["Target"]) for mount in mounts]
        env = dict(entry.split("=", 1) for entry in body["Env"])
        self.bodies[name] = body
        self.containers[name] = Container(body["Entrypoint"] + body["Cmd"], env, binds, self.folder / f"{name}.log")
        return 201, {"Id": "f" * 64, "Warnings": []}

    def _start(self, container: Container, query: dict[str, str]) -> tuple[int, Any]:
        if container.process is not None:
            return 304, None
        self.starts += 1
        container.start()
        return 204, None

    def _json(self, container: Container, query: dict[str, str]) -> tuple[int, Any]:
        status = None if container.process is None else container.status()
        said = "created" if container.process is None else "running" if status is None else "exited"
        state = {
            **{"Status": said, "Running": said == "running", "OOMKilled": self.oom_killed, "ExitCode": status or 0},
            **{"StartedAt": _time(container.began), "FinishedAt": _time(container.ended)},
        }
        return 200, {"Id": "f" * 64, "State": state}

    def _stop(self, container: Container, query: dict[str, str]) -> tuple[int, Any]:
        if container.status() is not None:
            return 304, None
        container.stop(float(query["t"]))
        return 204, None

    def _kill(self, container: Container, query: dict[str, str]) -> tuple[int, Any]:
        container.stop(0)
        return 204, None

    def _logs(self, container: Container, query: dict[str, str]) -> tuple[int, Any]:
        text = container.log.read_bytes()
        return 200, b"\x02\x00\x00\x00" + len(text).to_bytes(4, "big") + text


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    double: DockerDouble


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # type: ignore[assignment]

    def _serve(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert url.path.startswith("/v1.41/")
        status, said = self.server.double.answer(self.command, url.path.removeprefix("/v1.41"), query, body)
        content = b"" if said is None else said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _serve

    def log_message(self, format: str, *args: Any) -> None: ...

    def address_string(self) -> str:
        return "local"


@contextmanager
def docker_engine(folder: Path) -> Iterator[tuple[DockerDouble, Path]]:
    folder.mkdir(parents=True, exist_ok=True)
    double, socket = DockerDouble(folder), folder / "docker.sock"
    with _Server(str(socket), _Handler) as server:
        server.double = double
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield double, socket
        finally:
            server.shutdown()
            for container in double.containers.values():
                if container.process is not None:
                    container.process.kill()
                    container.process.wait()
