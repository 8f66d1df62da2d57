"""The persona runtime as a web application: it writes posts and judges words, and keeps nothing."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, cast

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from muster.core.clock import SystemClock
from muster.core.version import muster_version
from muster.core.web.door import require
from muster.threads.common.contracts import Draft, Moderation, ModerationRequest, PersonaRunRequest, RunFailure, RunStep
from muster.threads.common.correlation import mount_hops
from muster.threads.common.metric_serving import mount_metrics
from muster.threads.common.metrics import know, record_latency
from muster.threads.common.personas import Persona, load_personas
from muster.threads.common.service_door import WRITES, keys_of, put_door
from muster.threads.common.settings import ThreadsSettings
from muster.threads.persona_runtime.context import RunContext
from muster.threads.persona_runtime.graph import build_graph
from muster.threads.persona_runtime.guardrail import Guardrail
from muster.threads.persona_runtime.ports import Author
from muster.threads.persona_runtime.running import Frame, run_frames
from muster.threads.persona_runtime.wiring import build_author, build_guardrail

_EVENTS: Mapping[type[Frame], str] = {RunStep: "step", Draft: "draft", RunFailure: "failure"}
router = APIRouter()


class PersonaView(BaseModel):
    """A persona as the runtime shows it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    tone: str
    emoji: str
    topics: tuple[str, ...]


class Health(BaseModel):
    """Whether it lives, or can work."""

    model_config = ConfigDict(frozen=True)

    status: str


@dataclass
class Desk:
    """What requests are served with. `ready` is set once all that takes seconds is loaded."""

    personas: Mapping[str, Persona]
    author: Author
    guardrail: Guardrail
    ready: bool = False

    def persona(self, persona_id: str) -> Persona:
        """Raises HTTPException 404 for one that does not exist."""
        if persona_id not in self.personas:
            raise HTTPException(404, f"there is no persona {persona_id}: {', '.join(self.personas)}")
        return self.personas[persona_id]


def build(settings: ThreadsSettings, *, author: Author | None = None) -> FastAPI:
    """The service. Raises SettingsError for a wrong file of keys or personas, and for an address without keys."""
    keys = keys_of(settings)
    personas = load_personas(settings.threads_personas)
    know(personas=personas)
    desk = Desk(personas, author or build_author(settings), build_guardrail(settings))
    app = FastAPI(
        title="Muster persona runtime",
        version=muster_version(),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(desk),
    )
    app.state.desk = desk
    app.include_router(router)
    mount_hops(app, "persona-runtime")
    put_door(app, keys, SystemClock())
    mount_metrics(app, "persona-runtime")
    return app


def _desk(request: Request) -> Desk:
    return cast("Desk", request.app.state.desk)


def _writes(request: Request) -> None:
    """Writing costs. Raises RefusedError."""
    require(request, WRITES)


def _context(asked: PersonaRunRequest, desk: Annotated[Desk, Depends(_desk)]) -> RunContext:
    """Before the stream begins, so that a persona that does not exist is an error of the request."""
    return RunContext(desk.persona(asked.persona_id), desk.author, desk.guardrail)


@router.post("/run", response_class=EventSourceResponse, dependencies=[Depends(_writes)])
def run(asked: PersonaRunRequest, context: Annotated[RunContext, Depends(_context)]) -> Iterator[ServerSentEvent]:
    """Write a post: `step` frames node by node, then `draft` or `failure`."""
    for frame in run_frames(build_graph(), asked, context):
        number = str(frame.id) if isinstance(frame, RunStep) else None
        yield ServerSentEvent(raw_data=frame.model_dump_json(), event=_EVENTS[type(frame)], id=number)


@router.post("/moderate", dependencies=[Depends(_writes)])
def moderate(asked: ModerationRequest, desk: Annotated[Desk, Depends(_desk)]) -> Moderation:
    """Judge words that a person wrote."""
    persona, began_s = desk.persona(asked.persona_id), time.perf_counter()
    verdict = desk.guardrail.judge(persona, asked.hook, asked.body)
    record_latency("moderation", time.perf_counter() - began_s)
    return verdict


@router.get("/personas")
def personas(desk: Annotated[Desk, Depends(_desk)]) -> list[PersonaView]:
    """Who can speak."""
    return [
        PersonaView(id=one.id, name=one.name, tone=one.voice.tone, emoji=one.voice.emoji, topics=one.topics)
        for one in desk.personas.values()
    ]


@router.get("/health", tags=["health"])
def health() -> Health:
    """Whether it lives."""
    return Health(status="ok")


@router.get("/ready", tags=["health"], response_model=Health, responses={503: {"model": Health}})
def ready(desk: Annotated[Desk, Depends(_desk)]) -> Response:
    """Whether rules, models and graph are loaded. Language models are asked by no probe: each answer costs."""
    status, code = ("ready", 200) if desk.ready else ("loading", 503)
    return JSONResponse(Health(status=status).model_dump(), status_code=code)


def _lifespan(desk: Desk) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        await run_sync(_warm_up, desk)
        yield
        desk.guardrail.close()

    return lifespan


def _warm_up(desk: Desk) -> None:
    build_graph()
    desk.guardrail.warm_up()
    desk.ready = True
