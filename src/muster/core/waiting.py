"""Says what is waited for. Ambient, like spans: whoever waits does not know who shows it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

Show = Callable[[str], None]
"""Told again and again, so that something may turn; an empty text says that the wait is over."""


def _show_nothing(text: str) -> None: ...


_show: ContextVar[Show] = ContextVar("waiting", default=_show_nothing)


@contextmanager
def waits_shown_by(show: Show) -> Generator[None]:
    """Within the block, waits are told to `show`."""
    before = _show.set(show)
    try:
        yield
    finally:
        _show.reset(before)


@contextmanager
def waiting() -> Generator[Show]:
    """Wait within the block, and tell what it yields what for."""
    show = _show.get()
    try:
        yield show
    finally:
        show("")
