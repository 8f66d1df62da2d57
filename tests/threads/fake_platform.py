"""The fake platform on a port of its own, in a thread, for everybody who tests against it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from muster.core.clock import Clock
from muster.threads.fake_threads.app import build_on


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of a running service; its socket listens before its server starts, so that nobody waits."""
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # unnamed, asyncio leaves Nagle on: 40 ms an answer
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@dataclass(frozen=True)
class FakePlatform:
    """Drives it as an operator does: over HTTP alone."""

    url: str
    http: httpx.Client

    def control(self, method: str, path: str, **body: Any) -> Any:
        answer = self.http.request(method, f"/_control/{path}", json=body if body else None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fail(self, *kinds: str, **rule: Any) -> None:
        self.control("POST", "faults", kinds=list(kinds), **rule)

    def advance(self, seconds: float) -> None:
        self.control("PUT", "clock", advance_s=seconds)

    def published(self, **query: Any) -> list[dict[str, Any]]:
        return self.http.get("/published", params=query).raise_for_status().json()["data"]

    def counters(self) -> dict[str, Any]:
        return self.control("GET", "counters")

    def short_token(self, username: str) -> str:
        redirect = {"client_id": "muster", "redirect_uri": "http://127.0.0.1/back"}
        asked = self.http.get("/oauth/authorize", params={**redirect, "response_type": "code", "username": username})
        code = httpx.URL(asked.headers["location"]).params["code"]
        form = {**redirect, "client_secret": "s3cr3t", "grant_type": "authorization_code", "code": code}
        return self.http.post("/oauth/access_token", data=form).raise_for_status().json()["access_token"]

    def graph(self, token: str, method: str, path: str, **params: Any) -> httpx.Response:
        with_token = {**params, "access_token": token}
        if method == "GET":
            return self.http.get(f"/v1.0/{path}", params=with_token)
        return self.http.request(method, f"/v1.0/{path}", data=with_token)

    def post(self, token: str, text: str, **params: Any) -> str:
        """The id of a new post, by two steps."""
        created = self.graph(token, "POST", "me/threads", media_type="TEXT", text=text, **params).raise_for_status()
        published = self.graph(token, "POST", "me/threads_publish", creation_id=created.json()["id"])
        return published.raise_for_status().json()["id"]


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, trust_env=False, timeout=10, verify=False)  # certificates take 0.2 s to read


@contextmanager
def running_fake(file: Path | None = None, clock: Clock | None = None) -> Iterator[FakePlatform]:
    """A fake platform, empty unless `file` holds one."""
    with served(build_on(file, clock=clock)) as url, _client(url) as http:
        yield FakePlatform(url, http)
