"""Tells the metrics what a pool of connections does: how many are open, and how many of them are taken."""

from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from muster.threads.common.metrics import count_connections

_TAKEN = "muster_taken"


def count_pool(engine: Engine) -> None:
    """Count the connections of an engine, before it opens the first one."""
    for name, listener in (("connect", _opened), ("close", _closed), ("checkout", _taken), ("checkin", _given_back)):
        event.listen(engine, name, listener)


def _opened(_connection: object, _entry: ConnectionPoolEntry) -> None:
    count_connections("open", 1)


def _closed(_connection: object, _entry: ConnectionPoolEntry) -> None:
    count_connections("open", -1)


def _taken(_connection: object, entry: ConnectionPoolEntry, _proxy: object) -> None:
    entry.info[_TAKEN] = True
    count_connections("in_use", 1)


def _given_back(_connection: object, entry: ConnectionPoolEntry) -> None:
    """One that could not be opened again is given back, too, and was never taken."""
    if entry.info.pop(_TAKEN, False):
        count_connections("in_use", -1)
