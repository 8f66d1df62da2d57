"""A hub's two endpoints over real HTTP, as huggingface.co answers them: listing with checksums, files behind redirects
with etags and ranges; gated, missing, cut off, damaged."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

SHA = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class HubDouble:
    """One model of one commit. Weights are stored apart (`/stored/...` of another port), as with LFS."""

    files: dict[str, bytes]
    model: str = "org/tiny"
    token: str = ""
    """Who has none is refused; empty: for all."""
    cut_after: int = 0
    """Bytes of stored files after which the connection breaks, once for each in `cuts`."""
    cuts: int = 0
    damaged: str = ""
    served: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, Range and Authorization of each request."""
    stored_at: str = ""

    def listing(self) -> dict[str, Any]:
        return {"id": self.model, "sha": SHA, "gated": bool(self.token), "siblings": [*map(self._told, self.files)]}

    def _told(self, name: str) -> dict[str, Any]:
        content = self.files[name]
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        told: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": blob}
        if name.endswith((".safetensors", ".bin")):
            told["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
        return told

    def content(self, name: str) -> bytes:
        whole = self.files[name]
        return whole[:-1] + bytes([whole[-1] ^ 1]) if name == self.damaged else whole


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: HubDouble

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        given = self.headers.get("Authorization") or ""
        self.double.served.append((path, self.headers.get("Range") or "", given))
        if path.startswith("/stored/"):
            self._file(path.removeprefix("/stored/"))
        elif self.double.token and given != f"Bearer {self.double.token}":
            self._say(401, {"error": f"Access to model {self.double.model} is restricted."})
        elif path in (f"/api/models/{self.double.model}/revision/{one}" for one in ("main", SHA)):
            self._say(200, self.double.listing())
        elif path.startswith(f"/{self.double.model}/resolve/{SHA}/"):
            self._resolve(path.rpartition("/")[2])
        else:
            self._say(404, {"error": "Repository not found"})

    def _resolve(self, name: str) -> None:
        if not name.endswith((".safetensors", ".bin")):
            self._file(name)
            return
        self.send_response(302)
        self.send_header("Location", f"{self.double.stored_at}/stored/{name}")
        self.send_header("X-Linked-ETag", f'"{hashlib.sha256(self.double.files[name]).hexdigest()}"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, name: str) -> None:
        content, start = self.double.content(name), 0
        if found := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or ""):
            start = int(found[1])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if self.double.cuts and self.path.startswith("/stored/"):
            self.double.cuts -= 1
            self.wfile.write(content[start : start + self.double.cut_after])
            self.close_connection = True
            return
        self.wfile.write(content[start:])

    def _say(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def hub(double: HubDouble) -> Iterator[str]:
    """Its address; what is stored has another one."""
    handler = type("Handler", (_Handler,), {"double": double})
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), handler) as front,
        ThreadingHTTPServer(("127.0.0.1", 0), handler) as store,
    ):
        for server in (front, store):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        double.stored_at = f"http://127.0.0.1:{store.server_address[1]}"
        try:
            yield f"http://127.0.0.1:{front.server_address[1]}"
        finally:
            for server in (front, store):
                server.shutdown()
