"""What every test may rely on: no network beyond loopback, no settings from outside, a home of its own."""

import ipaddress
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

import muster  # noqa: F401  # first of all: it switches LangGraph to strict msgpack, which is read at import

# A shell that starts the tests in the background has SIGINT ignored, and every child would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Whatever a developer's shell may hold that settings read.
_FOREIGN = (
    "NOMAD_",
    "CONSUL_",
    "VAULT_",
    "FABIO_",
    "MUSTER_",
    "OPENAI_",
    "ANTHROPIC_",
    "LANGFUSE_",
    "LANGCHAIN_",
    "LANGSMITH_",
    "LLM_",
    "VLLM_",
    "OTEL_",
    "TRACE_",
)
_FOREIGN_NAMES = (
    "LOG_LEVEL",
    "LOG_FORMAT",
    "METRICS_TEXTFILE",
    "METRICS_PORT",
    "MAX_ITERATIONS",
    "VERIFICATION_TIMEOUT",
    "DEFAULT_CPU",
    "DEFAULT_MEMORY",
    "COLUMNS",
    "MAX_RUN_COST_USD",
)

_allowed = False


class RealNetworkError(RuntimeError):
    """A test reached for something beyond this machine."""


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto") and not _allowed:
        _check(args[1])
    elif event == "socket.getaddrinfo" and not _allowed:
        _check((args[0], args[1]))


def _check(address: Any) -> None:
    if not isinstance(address, tuple):
        return  # a path: a UNIX socket
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    if not _is_here(host):
        raise RealNetworkError(f"a test may not talk to {host!r}")


def _is_here(host: Any) -> bool:
    if host in (None, "", "localhost") or str(host).endswith(".invalid"):  # reserved: resolves nowhere
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Any:
    global _allowed
    _allowed = request.node.get_closest_marker("live") is not None
    yield
    _allowed = False


@pytest.fixture(autouse=True)
def _own_world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No foreign variables, no `.env` in the working folder, and MUSTER_HOME in the test's own folder."""
    if request.node.get_closest_marker("live") is None:
        for name in [*_FOREIGN_NAMES, *(name for name in os.environ if name.upper().startswith(_FOREIGN))]:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHECK_IMAGES", "false")  # real registries are beyond this machine
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "muster-home"))
    monkeypatch.chdir(tmp_path)
