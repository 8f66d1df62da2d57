"""A registry of images on loopback: two images, a private one behind tokens, and a manifest list."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOGIN = "dTpwYXNzd29yZC1vZi11"  # u:password-of-u
TOKEN = "token-for-pulls"
INDEX = "application/vnd.oci.image.index.v1+json"
PLATFORMS = [{"architecture": "amd64"}, {"architecture": "arm64"}, {"architecture": "unknown"}]


class _Registry(BaseHTTPRequestHandler):
    asked: list[str]

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        login, path = self.headers.get("Authorization"), self.path.partition("?")[0]
        match path:
            case "/token":
                self._say(200, {"token": TOKEN if login == f"Basic {LOGIN}" else "anonymous"})
            case "/v2/open/shop/manifests/1":
                self._say(200, {}, "application/vnd.oci.image.manifest.v1+json")
            case "/v2/open/many/manifests/1" | "/v2/open/many/manifests/sha256:abc":
                self._say(200, {"manifests": [{"platform": one} for one in PLATFORMS]}, INDEX)
            case "/v2/private/shop/manifests/1" if login == f"Bearer {TOKEN}":
                self._say(200, {}, "application/vnd.oci.image.manifest.v1+json")
            case _ if path.startswith("/v2/private/"):
                self._say(401, {}, challenge=True)
            case "/v2/ill/shop/manifests/1":
                self._say(503, {})
            case _:
                self._say(404, {})

    def _say(self, status: int, body: object, kind: str = "application/json", *, challenge: bool = False) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        if challenge:
            host = self.headers["Host"]
            self.send_header("WWW-Authenticate", f'Bearer realm="http://{host}/token",service="double"')
        self.send_header("Docker-Content-Digest", "sha256:abc")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def registry_double() -> Generator[tuple[str, list[str]]]:
    """Its `host:port`, and what it was asked."""
    asked: list[str] = []
    handler = type("Handler", (_Registry,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
