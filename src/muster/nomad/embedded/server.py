"""The cluster's process: opens its home, serves HTTP on loopback, and ends on SIGTERM or when nobody asked for long."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from muster.core.errors import UsageError
from muster.nomad.embedded.access.tokens import bootstrap_token
from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records
from muster.nomad.embedded.host import Host
from muster.nomad.embedded.http.app import build_app
from muster.nomad.embedded.http.desk import Desk
from muster.nomad.embedded.pace import Pace
from muster.nomad.embedded.scheduler.nodes import node_records

IDLE_LOOK_S = 1.0
SEED = "muster"


@dataclass(frozen=True)
class Options:
    """How to run one cluster; `idle_exit_s` 0 runs until it is told to stop."""

    home: Path
    port: int = 0
    images: Path | None = None
    nodes: Path | None = None
    real_time: bool = False
    idle_exit_s: float = 0
    acl: bool = False
    """Requests need tokens; the first start of a home decides."""


@dataclass(frozen=True)
class Serving:
    """Where a cluster answers, and the token that may do everything where it asks for tokens."""

    address: str
    token: str


def serve(options: Options, ready: Callable[[Serving], None] = lambda _: None) -> None:
    """Run until the end; `ready` hears where, once it answers.

    Raises UsageError for files that make no sense, a port that is taken, and an ACL mode that the home has not.
    """
    options.home.mkdir(parents=True, exist_ok=True)
    host = open_host(options)
    try:
        token = _management_token(options, host)
        listening = _listen(options)
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        serving = Serving(f"http://{address}", token)

        def tell() -> None:
            announce(options.home, serving)
            ready(serving)

        asyncio.run(_serve(options, host, listening, address, tell))
    finally:
        host.close()


def _listen(options: Options) -> socket.socket:
    """Take the port asked for, else the one of last time, else a free one."""
    if options.port:
        return _take(options.port)
    try:
        before = json.loads(state_file(options.home).read_text())["address"]
        return socket.create_server(("127.0.0.1", int(before.rsplit(":", 1)[1])))
    except (OSError, ValueError, KeyError):
        return socket.create_server(("127.0.0.1", 0))


def _take(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise UsageError(f"port {port} of 127.0.0.1 can't be used: {error.strerror}", advice="Name another.") from error


def _management_token(options: Options, host: Host) -> str:
    """The first token, made where there is none yet; empty without ACL mode. Raises UsageError where it came late."""
    if options.acl and not host.acl:
        raise UsageError(
            f"the embedded cluster in {options.home} was begun without ACL mode",
            advice=f"Remove {options.home} to begin anew; or leave --acl out.",
        )
    if not host.acl:
        return ""
    rows = host.cluster.store.objects.get("acl_token", {}).values()
    found = next((row for row in rows if row["Type"] == "management"), None) or bootstrap_token(host.now_ns)
    if not rows:
        host.write("put", table="acl_token", name=found["AccessorID"], content=found)
    return str(found["SecretID"])


def open_host(options: Options) -> Host:
    """The cluster of a home, with its images and nodes."""
    own = behaviour_records(options.images) if options.images else []
    images = own + behaviour_records(DEFAULT_IMAGES)
    return Host(
        options.home / "journal.jsonl", node_records(options.nodes), images, time.time_ns(), SEED, acl=options.acl
    )


def state_file(home: Path) -> Path:
    """Where a running cluster says its address and pid."""
    return home / "embedded.json"


async def _serve(
    options: Options, host: Host, listening: socket.socket, address: str, ready: Callable[[], None]
) -> None:
    pace = Pace(host, real_time=options.real_time)
    app = build_app(Desk(host, pace, address))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", loop="asyncio", http="h11", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    tasks = [asyncio.create_task(_watch(options, server, pace, ready))]
    if options.real_time:
        tasks.append(asyncio.create_task(pace.run_real_time()))
    await server.serve(sockets=[listening])
    for task in tasks:
        task.cancel()


class _Server(uvicorn.Server):
    """Ends on SIGTERM and SIGINT without raising them again, so that what comes after it still runs."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Turn a signal into an orderly end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def _watch(options: Options, server: uvicorn.Server, pace: Pace, ready: Callable[[], None]) -> None:
    """Announce the cluster once it listens, and end it when nobody asks any more."""
    while not server.started:
        await asyncio.sleep(0.005)
    ready()
    while options.idle_exit_s:
        await asyncio.sleep(IDLE_LOOK_S)
        if not pace.in_flight and time.monotonic() - pace.last_request_s > options.idle_exit_s:
            server.should_exit = True


def announce(home: Path, serving: Serving) -> None:
    """Write the state file, whole or not at all, for its owner's eyes."""
    content = json.dumps({"address": serving.address, "pid": os.getpid(), "token": serving.token})
    draft = state_file(home).with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(content)
    draft.replace(state_file(home))
