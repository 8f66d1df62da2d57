"""Runs async work from sync code: in a thread with a loop of its own, while the caller's thread waits and stays awake.

So Ctrl-C is heard at once, whatever the work is stuck in; a spinner can turn; and it works inside another event loop.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from contextlib import suppress
from typing import Any, TypeVar

_TICK_S = 0.1

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


def wait_for(work: Work[T], *, tick: Callable[[float], None]) -> T:
    """What the work returns or raises. `tick` is called with the seconds waited, ten times a second.

    Whatever interrupts the wait cancels the work, does not wait for its end, and passes.
    """
    loop = _Loop()
    threading.Thread(target=_turn, args=(loop,), name="model call", daemon=True).start()
    future = asyncio.run_coroutine_threadsafe(work(), loop)
    ticks = 0
    try:
        while not wait([future], timeout=_TICK_S).done:
            ticks += 1
            tick(ticks * _TICK_S)
        return future.result()
    finally:
        future.cancel()
        loop.call_soon_threadsafe(loop.stop)


def _turn(loop: "_Loop") -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:  # it cancels what is left, and closes the loop
        runner.get_loop().run_forever()


class _Loop(asyncio.SelectorEventLoop):
    """Asks for addresses in a daemon thread: asyncio's own thread is waited for when Python exits, and a dead
    name server keeps it for half a minute."""

    async def getaddrinfo(  # pyright: ignore[reportIncompatibleMethodOverride]  # asyncio's parameters, of any type
        self, host: Any, port: Any, **how: Any
    ) -> Any:
        found: asyncio.Future[Any] = self.create_future()

        def ask() -> None:
            with suppress(RuntimeError):  # nobody waits any more, and the loop is closed
                self.call_soon_threadsafe(_settle, found, _addresses(host, port, how))

        threading.Thread(target=ask, name="address look-up", daemon=True).start()
        return await found


def _addresses(host: Any, port: Any, how: dict[str, Any]) -> list[Any] | OSError:
    try:
        return socket.getaddrinfo(host, port, **how)
    except OSError as error:
        return error


def _settle(future: asyncio.Future[Any], answer: list[Any] | OSError) -> None:
    if future.done():
        return
    if isinstance(answer, OSError):
        future.set_exception(answer)
    else:
        future.set_result(answer)
