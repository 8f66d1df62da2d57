"""Whether the orchestrator can do its work: database, broker and Qdrant are really asked, side by side."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from muster.core.health import ANSWER_S, Check, Health, ask_health
from muster.core.http import Service, connect
from muster.threads.common.settings import PORTS, ThreadsSettings
from muster.threads.db.engine import Database
from muster.threads.orchestrator.sending import CelerySender

_QDRANT = Service("Qdrant", "QDRANT_URL", "QDRANT_API_KEY")
_WELL = Health("ok", "answers")


class Readiness:
    """Asks with threads of its own, as many as checks: a service that hangs holds one of them, and no more."""

    def __init__(self, checks: Sequence[Check], *, patience_s: float = ANSWER_S) -> None:
        self._checks, self._patience_s = checks, patience_s
        self._pools = {check.name: ThreadPoolExecutor(1, thread_name_prefix=f"ready-{check.name}") for check in checks}

    async def ask(self) -> dict[str, Health]:
        """By name, within the time that one of them may take."""
        answers = await asyncio.gather(*(self._ask(check) for check in self._checks))
        return {check.name: answer for check, answer in zip(self._checks, answers, strict=True)}

    async def _ask(self, check: Check) -> Health:
        asked = asyncio.get_running_loop().run_in_executor(self._pools[check.name], ask_health, check)
        try:
            async with asyncio.timeout(self._patience_s):
                return await asked
        except TimeoutError:
            return Health("slow", f"no answer within {self._patience_s:g} s")

    def close(self) -> None:
        """Wait for nobody."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


def checks_of(settings: ThreadsSettings, database: Database) -> tuple[Check, ...]:
    """What it needs."""
    return (
        Check("database", lambda: _ask_database(database)),
        Check("broker", lambda: _ask_broker(settings)),
        Check("qdrant", lambda: _ask_qdrant(settings)),
    )


def qdrant_address(settings: ThreadsSettings) -> str:
    """Of the server, or of the embedded one."""
    return settings.qdrant_url or f"http://127.0.0.1:{PORTS['embedded-qdrant']}"


def _ask_database(database: Database) -> Health:
    database.ping()
    return _WELL


def _ask_broker(settings: ThreadsSettings) -> Health:
    sender = CelerySender(settings)
    try:
        return Health("ok", f"answers; {sender.waiting()} messages wait")
    finally:
        sender.close()


def _ask_qdrant(settings: ThreadsSettings) -> Health:
    key = settings.qdrant_api_key
    headers = {"api-key": key.get_secret_value()} if key else {}
    with connect(qdrant_address(settings), service=_QDRANT, timeout_s=ANSWER_S, headers=headers) as client:
        client.get("/collections")
    return _WELL
