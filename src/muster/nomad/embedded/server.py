"""The cluster's process: opens its home, serves HTTP on loopback, and ends on SIGTERM or when nobody asked for long."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from muster.core.errors import UsageError
from muster.nomad.embedded.announced import EmbeddedCluster, announce, announced
from muster.nomad.embedded.bootstrap import consul_management_token, management_token, vault_root_token
from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records
from muster.nomad.embedded.doors import HOST, SERVICES, ByPort, Doors, Service, take_again
from muster.nomad.embedded.host import Host
from muster.nomad.embedded.http.app import build_apps
from muster.nomad.embedded.http.desk import Desk
from muster.nomad.embedded.http.faults import Faults
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


def serve(options: Options, ready: Callable[[EmbeddedCluster], None] = lambda _: None) -> None:
    """Run until the end; `ready` hears where, once it answers.

    Raises UsageError for files that make no sense, a port that is taken, and an ACL mode that the home has not.
    """
    options.home.mkdir(parents=True, exist_ok=True)
    host = open_host(options)
    try:
        _check_acl(options, host)
        listening = _listen(options)
        ports: dict[Service, int] = {service: one.getsockname()[1] for service, one in listening.items()}
        cluster = _reachable(host, ports)

        def tell() -> None:
            announce(options.home, cluster)
            ready(cluster)

        asyncio.run(_serve(options, host, listening, ports, tell))
    finally:
        host.close()


def _listen(options: Options) -> dict[Service, socket.socket]:
    """Take the port asked for, else those of last time, else free ones."""
    before = announced(options.home) or EmbeddedCluster("", 0)
    addresses = (before.address, before.consul, before.vault, before.fabio)
    found: dict[Service, socket.socket] = {}
    for service, address in zip(SERVICES, addresses, strict=True):
        asked = options.port if service == "nomad" else 0
        found[service] = _take(asked) if asked else take_again(_port(address))
    return found


def _port(address: str) -> int:
    last = address.rpartition(":")[2]
    return int(last) if last.isdigit() else 0


def _take(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(f"port {port} of {HOST} can't be used: {error.strerror}", advice="Name another.") from error


def _check_acl(options: Options, host: Host) -> None:
    """Raises UsageError where ACL mode came late."""
    if options.acl and not host.acl:
        raise UsageError(
            f"the embedded cluster in {options.home} was begun without ACL mode",
            advice=f"Remove {options.home} to begin anew; or leave --acl out.",
        )


def _reachable(host: Host, ports: Mapping[Service, int]) -> EmbeddedCluster:
    """How to reach it; the tokens are made where there are none yet."""
    urls = {service: f"http://{HOST}:{port}" for service, port in ports.items()}
    with_consul, with_vault = host.has("consul"), host.has("vault")
    return EmbeddedCluster(
        address=urls["nomad"],
        pid=os.getpid(),
        token=management_token(host),
        consul=urls["consul"] if with_consul else "",
        vault=urls["vault"] if with_vault else "",
        fabio=urls["fabio"] if with_consul else "",
        vault_token=vault_root_token(host) if with_vault else "",
        consul_token=consul_management_token(host) if with_consul else "",
    )


def open_host(options: Options) -> Host:
    """The cluster of a home, with its images and nodes."""
    own = behaviour_records(options.images) if options.images else []
    images = own + behaviour_records(DEFAULT_IMAGES)
    return Host(
        options.home / "journal.jsonl", node_records(options.nodes), images, time.time_ns(), SEED, acl=options.acl
    )


async def _serve(
    options: Options,
    host: Host,
    listening: Mapping[Service, socket.socket],
    ports: Mapping[Service, int],
    ready: Callable[[], None],
) -> None:
    pace, faults = Pace(host, real_time=options.real_time), Faults()
    desk = Desk(host, pace, *(f"{HOST}:{ports[service]}" for service in ("nomad", "consul", "fabio")))
    apps = build_apps(desk, faults)
    config = uvicorn.Config(
        ByPort({ports[service]: app for service, app in apps.items()}),
        log_level="warning", access_log=False, lifespan="off", loop="asyncio", http="h11", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    faults.shut_only = Doors(server, ports).only_shut
    tasks = [asyncio.create_task(_watch(options, server, pace, ready))]
    if options.real_time:
        tasks.append(asyncio.create_task(pace.run_real_time()))
    await server.serve(sockets=list(listening.values()))
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
