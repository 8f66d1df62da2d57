"""Serves MCP as a user would: a process of `nomad-spec mcp`, spoken to with the SDK's own client."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from mcp import Client, StdioServerParameters

NOMAD_SPEC = ("-c", "from muster.nomad.main import main; main()", "mcp")


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    given = {"MUSTER_HOME": str(home), "PYTHONUNBUFFERED": "1", **(more or {})}
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | given


@asynccontextmanager
async def over_stdio(folder: Path, *words: str, more: Mapping[str, str] | None = None) -> AsyncGenerator[Client]:
    server = StdioServerParameters(
        command=sys.executable,
        args=[*NOMAD_SPEC, *words],
        env=environment(folder / "home", more),
        cwd=folder,
    )
    async with Client(server, read_timeout_seconds=120) as client:
        yield client


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def over_http(folder: Path, *words: str) -> Generator[str]:
    """The URL of a server over HTTP; it is ended with the block."""
    port = free_port()
    command = [sys.executable, *NOMAD_SPEC, "--http", f"127.0.0.1:{port}", *words]
    with subprocess.Popen(command, env=environment(folder / "home"), cwd=folder, stderr=subprocess.PIPE) as child:
        try:
            _wait_for(port, child)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            child.terminate()
            child.wait(timeout=20)


def _wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if child.poll() is not None:
            raise AssertionError(f"the server ended: {child.stderr.read().decode() if child.stderr else ''}")
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not begin to listen")
