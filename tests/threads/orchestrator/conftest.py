"""The orchestrator as a user has it: a server with a port of its own, on a database of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from muster.core.errors import UnreachableError
from muster.core.web.serving import ServerThread
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.engine import Database
from muster.threads.orchestrator.app import build


@dataclass
class ListedSender:
    """Satisfies `Sender`: keeps what was sent; away when told so, or once so many were sent."""

    sent: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    away: bool = False
    away_after: int | None = None
    queued: int = 0

    def send(self, payload: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
        if self.away or (self.away_after is not None and len(self.sent) >= self.away_after):
            raise UnreachableError("the broker is away")
        self.sent.append((dict(payload), dict(headers)))

    def waiting(self) -> int:
        return self.queued

    def close(self) -> None: ...


@dataclass(frozen=True)
class Running:
    """An orchestrator that answers."""

    http: httpx.Client
    address: str
    sender: ListedSender
    database: Database

    def ask(self, **more: Any) -> str:
        answer = self.http.post("/task", json={"persona_id": "ai-elon", "topic": "rockets", **more})
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]


Start = Callable[..., AbstractContextManager[Running]]


def settings_for(home: Path, database: Database, **more: Any) -> ThreadsSettings:
    url = database.url.replace("postgresql+psycopg://", "postgresql://")
    return ThreadsSettings(_env_file=None, muster_home=home, database_url=url, rabbitmq_url="memory://", **more)


@contextmanager
def running(home: Path, database: Database, **more: Any) -> Iterator[Running]:
    sender = ListedSender()
    app = build(settings_for(home, database, **more), make_sender=lambda _: sender, tick_s=0.02)
    with (
        ServerThread(app, before_close=app.state.desk.newsroom.close) as server,
        httpx.Client(base_url=server.address, trust_env=False, verify=False, timeout=30) as http,
    ):
        yield Running(http, server.address, sender, database)


@pytest.fixture
def orchestrator(tmp_path: Path, database: Database) -> Iterator[Running]:
    with running(tmp_path, database) as one:
        yield one


async def _collections(_request: Request) -> Response:
    return JSONResponse({"result": {"collections": []}, "status": "ok", "time": 0})


@contextmanager
def answering_qdrant() -> Iterator[str]:
    """The address of something that answers as Qdrant does."""
    with ServerThread(Starlette(routes=[Route("/collections", _collections)])) as server:
        yield server.address
