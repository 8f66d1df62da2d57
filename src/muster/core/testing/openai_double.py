"""A server of models on loopback: it speaks OpenAI's chat API and Anthropic's messages API, and misbehaves on request.

with OpenAIDouble(fails(429, retry_after="1"), says('{"kind": "web"}')) as double:
    ...  # VLLM_BASE_URL=double.address + "/v1", ANTHROPIC_BASE_URL=double.address
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from pydantic import JsonValue

from muster.core.testing.model_wire import Counts, Ending, Event, anthropic_events, openai_events


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class Exchange:
    """One request, and the connection that its answer goes to."""

    def __init__(self, seen: Seen, handler: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        self.seen = seen
        self._handler = handler
        self._closing = closing

    def send(self, status: int, body: str, *, content_type: str = "application/json", **headers: str) -> None:
        """A whole answer."""
        data = body.encode()
        self._handler.send_response(status)
        for name, value in {"content-type": content_type, "content-length": str(len(data)), **headers}.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.wfile.write(data)

    def begin_stream(self) -> None:
        """The head of a stream that the end of the connection ends."""
        self._handler.send_response(200)
        self._handler.send_header("content-type", "text/event-stream")
        self._handler.send_header("connection", "close")
        self._handler.end_headers()

    def stream(self, lines: Iterator[str]) -> None:
        """Some of it."""
        for line in lines:
            self._handler.wfile.write(line.encode())
            self._handler.wfile.flush()

    def wait(self, seconds: float | None) -> None:
        """Be silent so long, or (None) until the server closes."""
        self._closing.wait(seconds)

    def events(self, text: str, ending: Ending, counts: Counts | None) -> Iterator[str]:
        """The lines of a whole streamed answer, for whichever API was asked."""
        model = str(self.seen.body.get("model"))
        if self.seen.path.endswith("/messages"):
            yield from map(_line, anthropic_events(model, text, ending, counts))
        else:
            yield from map(_line, openai_events(model, text, ending, counts))
            yield "data: [DONE]\n\n"


Behaviour = Callable[[Exchange], None]


def says(text: str, *, ending: Ending = "stop", counts: Counts | None = Counts()) -> Behaviour:  # noqa: B008  # frozen
    """Streams an answer. `counts` None: like a server that does not count tokens."""

    def behave(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.stream(exchange.events(text, ending, counts))

    return behave


def fails(status: int, message: str = "out of order", *, retry_after: str = "") -> Behaviour:
    """Answers with an error."""

    def behave(exchange: Exchange) -> None:
        more = {"retry_after": retry_after} if retry_after else {}
        exchange.send(status, _error(message), **more)

    return behave


def echoes(status: int) -> Behaviour:
    """Answers with an error that quotes the key that it was sent."""

    def behave(exchange: Exchange) -> None:
        headers = exchange.seen.headers
        key = headers.get("authorization", "").removeprefix("Bearer ")
        exchange.send(status, _error(f"no access with {key}: {json.dumps(dict(headers))}"))

    return behave


def rejects(word: str, then: Behaviour) -> Behaviour:
    """Rejects every request that holds the word, as a server does that does not know an option."""

    def behave(exchange: Exchange) -> None:
        if word in json.dumps(exchange.seen.body):
            exchange.send(400, _error(f"unsupported parameter: {word}"))
        else:
            then(exchange)

    return behave


def answers(body: str, *, content_type: str = "text/html") -> Behaviour:
    """Answers 200 with something that no server of models says."""
    return lambda exchange: exchange.send(200, body, content_type=content_type)


def streams(*lines: str) -> Behaviour:
    """Streams these lines as they are."""

    def behave(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.stream(iter(lines))

    return behave


def breaks_off(text: str, events: int = 3) -> Behaviour:
    """Streams so many events of an answer, and cuts the connection."""

    def behave(exchange: Exchange) -> None:
        exchange.begin_stream()
        whole = exchange.events(text, "stop", Counts())
        exchange.stream(line for _, line in zip(range(events), whole, strict=False))

    return behave


def hangs(exchange: Exchange) -> None:
    """Takes the request, and never answers."""
    exchange.wait(None)


def late(seconds: float, then: Behaviour) -> Behaviour:
    """Is silent before the first byte."""

    def behave(exchange: Exchange) -> None:
        exchange.wait(seconds)
        then(exchange)

    return behave


def trickles(text: str, pause_s: float) -> Behaviour:
    """Streams an answer with a pause before each event."""

    def behave(exchange: Exchange) -> None:
        exchange.begin_stream()
        for line in exchange.events(text, "stop", Counts()):
            exchange.wait(pause_s)
            exchange.stream(iter([line]))

    return behave


def hangs_up(exchange: Exchange) -> None:
    """Closes the connection without a word."""


class OpenAIDouble:
    """Runs inside its `with` block. Requests get the behaviours in turn, and the last one from then on."""

    def __init__(self, *behaviours: Behaviour, models: tuple[str, ...] = ("Qwen/Qwen3-32B",)) -> None:
        self.models = models
        self.requests: list[Seen] = []
        self._behaviours = behaviours or (says("{}"),)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """Its base URL, without `/v1`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self, seen: Seen, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        exchange = Exchange(seen, handler, self._closing)
        if seen.path.partition("?")[0].endswith("/models"):
            listed: JsonValue = [{"id": model, "object": "model"} for model in self.models]
            exchange.send(200, json.dumps({"object": "list", "data": listed}))
            return
        with self._lock:
            behaviour = self._behaviours[min(len(self.requests), len(self._behaviours) - 1)]
            self.requests.append(seen)
        behaviour(exchange)

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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, double: OpenAIDouble) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.double = double

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is none of the double's business."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]  # it is made by this server alone

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        self._serve(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def _serve(self, body: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.double.serve(Seen(self.path, headers, body), self)


def _line(event: Event) -> str:
    kind = f"event: {event['type']}\n" if "type" in event else ""
    return f"{kind}data: {json.dumps(event)}\n\n"


def _error(message: str) -> str:
    return json.dumps({"type": "error", "error": {"type": "double_error", "message": message}})
