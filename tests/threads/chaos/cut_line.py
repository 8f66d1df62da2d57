"""A line to a service that can be cut: whoever is connected loses it at once, whoever comes is turned away."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class CutLine:
    """Passes TCP on to a port of this machine, from a port of its own."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Within the block nobody gets through."""
        self._do(self._hang_up())
        try:
            yield
        finally:
            self._cut = False

    def close(self) -> None:
        self._server.close()
        self._do(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _hang_up(self) -> None:
        self._cut = True
        for writer in self._open:
            writer.transport.abort()
        while self._open:
            await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        both = {writer, far_writer}
        self._open |= both
        with suppress(OSError):
            await asyncio.wait(
                [asyncio.create_task(_pass_on(reader, far_writer)), asyncio.create_task(_pass_on(far_reader, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
        for one in both:
            one.transport.abort()
        self._open -= both


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
