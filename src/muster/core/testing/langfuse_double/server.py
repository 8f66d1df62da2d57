"""A Langfuse server on loopback: it speaks the wire that the real SDK speaks, and remembers what it was asked."""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, cast
from urllib.parse import parse_qsl, urlsplit

from muster.core.testing.langfuse_double.project import Project
from muster.core.testing.langfuse_double.routes import ROUTES
from muster.core.testing.langfuse_double.wire import Answer, Request, refused

_HINT = "Confirm that you've configured the correct host."


class RecordingLangfuse:
    """Satisfies Langfuse's clients, its SDK among them. Runs inside its `with` block.

    `requests` are all that arrived. It answers at once and well, until `hang`, `slow` or `fail` say otherwise.
    """

    def __init__(self, public_key: str = "pk-lf-double", secret_key: str = "sk-lf-double") -> None:
        self.public_key, self.secret_key = public_key, secret_key
        self.project = Project()
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._delay_s: float = 0.0
        self._failure: Answer | None = None
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def hang(self) -> None:
        """From now on take every request, and never answer."""
        self._delay_s = threading.TIMEOUT_MAX

    def slow(self, seconds: float) -> None:
        """From now on answer after so many seconds; 0 answers at once again."""
        self._delay_s = seconds

    def fail(self, status: int = 500, message: str = "Internal Server Error") -> None:
        """From now on answer every request with this status."""
        self._failure = refused(status, "An unknown error occurred", message)

    def recover(self) -> None:
        """From now on answer at once and well."""
        self._delay_s, self._failure = 0.0, None

    def answer(self, request: Request) -> Answer | None:
        """What a request gets; None when the server closed before it could answer."""
        with self._lock:
            self.requests.append(request)
        if self._closing.wait(self._delay_s) if self._delay_s else self._closing.is_set():
            return None
        with self._lock:
            return self._failure or self._unauthorized(request) or self._routed(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def _unauthorized(self, request: Request) -> Answer | None:
        given = request.headers.get("authorization", "")
        if not given.startswith("Basic "):
            return refused(401, "UnauthorizedError", "No authorization header")
        public_key, _, secret_key = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")
        if (public_key, secret_key) == (self.public_key, self.secret_key):
            return None
        wrong = "credentials" if public_key == self.public_key else "public key"
        return refused(401, "UnauthorizedError", f"Invalid {wrong}. {_HINT}")

    def _routed(self, request: Request) -> Answer:
        for route in ROUTES:
            words = route.words(request)
            if words is not None:
                return route.answer(self.project, replace(request, words=words))
        return refused(404, "NotFoundError", f"no route for {request.method} {request.path}")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, double: RecordingLangfuse) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.double = double


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes, and the second would wait 40 ms for an ACK

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def _serve(self) -> None:
        try:
            answer = self._double().answer(self._request())
            if answer is None:
                self.close_connection = True
                return
            body = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:  # the client has given up
            self.close_connection = True

    def _double(self) -> RecordingLangfuse:
        return cast("_Server", self.server).double

    def _request(self) -> Request:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        headers: Mapping[str, str] = {name.lower(): value for name, value in self.headers.items()}
        return Request(
            self.command, url.path, dict(parse_qsl(url.query, keep_blank_values=True)), headers, self.rfile.read(length)
        )
