"""A server on loopback that gives recorded answers of real servers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from shared_data import SHARED


@dataclass
class Replay:
    """What the server will say, by method and path, with its query where that matters, and what it was asked.

    A list is said in turn, the last for ever.
    """

    answers: dict[str, list[dict]]
    asked: list[tuple[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def answer(self, method: str, target: str, body: Any) -> dict:
        request = f"{method} {urlsplit(target).path}"
        self.asked.append((request, body))
        missing = [{"status": 404, "body": "", "headers": {}}]
        said = self.answers.get(f"{method} {target}") or self.answers.get(request, missing)
        return said.pop(0) if len(said) > 1 else said[0]


def recorded(case: str, **changes: object) -> dict:
    """The response of a recorded case, as it came."""
    return json.loads((SHARED / "nomad-api" / f"{case}.json").read_text())["response"] | changes


@contextmanager
def replaying(answers: dict[str, dict | list[dict]]) -> Iterator[Replay]:
    """Serve these answers on a free port."""
    replay = Replay({request: said if isinstance(said, list) else [said] for request, said in answers.items()})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length).decode()
            is_json = self.headers.get("Content-Type") == "application/json"
            replay.headers.append({name.lower(): value for name, value in self.headers.items()})
            said = replay.answer(self.command, self.path, json.loads(sent) if is_json else sent or None)
            as_it_is = isinstance(said["body"], str) and said.get("body_kind") != "json"
            text = said["body"] if as_it_is else json.dumps(said["body"])
            payload = text.encode()
            self.send_response(said["status"])
            self.send_header("Content-Length", str(len(payload)))
            self.send_header("X-Nomad-Index", "1")
            for name, value in said.get("headers", {}).items():
                if name.startswith("X-Consul-"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_DELETE = do_LIST = respond

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    replay.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
