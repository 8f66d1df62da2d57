import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette

from muster.core.errors import UsageError
from muster.core.web.serving import ServerThread, listen


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} of 127.0.0.1 can't be had"):
            listen("127.0.0.1", port)


def test_the_application_hears_before_the_server_waits() -> None:
    heard: list[bool] = []
    with ServerThread(Starlette(), before_close=lambda: heard.append(True)):
        assert heard == []
    assert heard == [True]


def test_an_application_that_does_not_start_is_told() -> None:
    @asynccontextmanager
    async def no_database(_app: Starlette) -> AsyncGenerator[None]:
        raise OSError("no database")
        yield

    with pytest.raises(RuntimeError, match="did not start"), ServerThread(Starlette(lifespan=no_database)):
        pass
