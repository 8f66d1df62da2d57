"""The cluster's process: opens its home, serves HTTP on loopback, and ends on SIGTERM or when nobody asked for long."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

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


def serve(options: Options) -> None:
    """Run until the end. Raises UsageError for files that make no sense, OSError for a port that is taken."""
    options.home.mkdir(parents=True, exist_ok=True)
    host = open_host(options)
    listening = _listen(options)
    address = f"127.0.0.1:{listening.getsockname()[1]}"
    try:
        asyncio.run(_serve(options, host, listening, address))
    finally:
        host.close()


def _listen(options: Options) -> socket.socket:
    """Take the port asked for, else the one of last time, else a free one."""
    if options.port:
        return socket.create_server(("127.0.0.1", options.port))
    try:
        before = json.loads(state_file(options.home).read_text())["address"]
        return socket.create_server(("127.0.0.1", int(before.rsplit(":", 1)[1])))
    except (OSError, ValueError, KeyError):
        return socket.create_server(("127.0.0.1", 0))


def open_host(options: Options) -> Host:
    """The cluster of a home, with its images and nodes."""
    own = behaviour_records(options.images) if options.images else []
    images = own + behaviour_records(DEFAULT_IMAGES)
    return Host(options.home / "journal.jsonl", node_records(options.nodes), images, time.time_ns(), SEED)


def state_file(home: Path) -> Path:
    """Where a running cluster says its address and pid."""
    return home / "embedded.json"


async def _serve(options: Options, host: Host, listening: socket.socket, address: str) -> None:
    pace = Pace(host, real_time=options.real_time)
    app = build_app(Desk(host, pace, address))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", loop="asyncio", http="h11", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    tasks = [asyncio.create_task(_watch(options, server, pace, address))]
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


async def _watch(options: Options, server: uvicorn.Server, pace: Pace, address: str) -> None:
    """Announce the cluster once it listens, and end it when nobody asks any more."""
    while not server.started:
        await asyncio.sleep(0.005)
    announce(options.home, address)
    while options.idle_exit_s:
        await asyncio.sleep(IDLE_LOOK_S)
        if not pace.in_flight and time.monotonic() - pace.last_request_s > options.idle_exit_s:
            server.should_exit = True


def announce(home: Path, address: str) -> None:
    """Write the state file, whole or not at all."""
    content = json.dumps({"address": f"http://{address}", "pid": os.getpid()})
    draft = state_file(home).with_suffix(".draft")
    draft.write_text(content)
    draft.replace(state_file(home))
