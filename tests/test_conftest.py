import asyncio
import os
import socket
from pathlib import Path

import httpx
import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "2001:db8::1"])
def test_a_test_cannot_talk_to_the_world(host: str) -> None:
    with pytest.raises(RuntimeError, match="may not talk"):
        httpx.get(f"http://[{host}]/" if ":" in host else f"http://{host}/", trust_env=False)
    with pytest.raises(RuntimeError, match="may not talk"):
        socket.create_connection((host, 80))


def test_datagrams_cannot_either() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, pytest.raises(RuntimeError, match="not talk"):
        datagrams.sendto(b"x", ("192.0.2.1", 53))


def test_asyncio_cannot_either() -> None:
    with pytest.raises(RuntimeError, match="may not talk"):
        asyncio.run(asyncio.open_connection("192.0.2.1", 80))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_the_environment_is_clean_and_the_home_is_the_tests_own(tmp_path: Path) -> None:
    assert not [name for name in os.environ if name.startswith(("NOMAD_", "VAULT_", "CONSUL_"))]
    assert Path(os.environ["MUSTER_HOME"]).parent == tmp_path == Path.cwd()
