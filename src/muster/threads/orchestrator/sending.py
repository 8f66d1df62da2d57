"""Messages to the queue: Celery's form, each confirmed by the broker before it counts as sent."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast

from celery import Celery
from kombu.exceptions import KombuError

from muster.core.errors import UnreachableError
from muster.core.redaction import redact
from muster.threads.common.queueing import QUEUE, TASK, broker_options, broker_url
from muster.threads.common.settings import ThreadsSettings


class Sender(Protocol):
    """The queue, as the relay and the sweeper see it. All raise UnreachableError where the broker is away."""

    def send(self, payload: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
        """One message; it is the broker's when this returns."""
        ...

    def waiting(self) -> int:
        """How many messages no worker has taken."""
        ...

    def close(self) -> None:
        """Drop the connection."""
        ...


@dataclass(frozen=True)
class _Opened:
    """Kombu's, which are half typed."""

    connection: Any
    producer: Any


class CelerySender:
    """Satisfies `Sender`. For one thread: it keeps a connection until that breaks."""

    def __init__(self, settings: ThreadsSettings) -> None:
        self._celery = Celery("muster-threads", broker=broker_url(settings), set_as_current=False)
        self._celery.conf.broker_transport_options = dict(broker_options(settings))
        self._celery.conf.task_ignore_result = True
        self._celery.conf.task_default_queue = QUEUE
        self._opened: _Opened | None = None

    def send(self, payload: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
        """As `Sender` says."""
        try:
            self._celery.send_task(
                TASK,
                kwargs=dict(payload),
                headers=dict(headers),
                queue=QUEUE,
                producer=self._connected().producer,
                retry=False,
                ignore_result=True,
            )
        except (OSError, KombuError, *self._errors()) as error:
            raise self._away(error) from error

    def waiting(self) -> int:
        """As `Sender` says."""
        try:
            queue: Any = cast(Any, self._celery.amqp).queues[QUEUE]
            return int(queue.bind(self._connected().producer.channel).queue_declare().message_count)
        except (OSError, KombuError, *self._errors()) as error:
            raise self._away(error) from error

    def close(self) -> None:
        """As `Sender` says."""
        errors, opened, self._opened = self._errors(), self._opened, None
        if opened is not None:
            with suppress(OSError, KombuError, *errors):
                opened.connection.release()

    def _connected(self) -> _Opened:
        if self._opened is None:
            connection: Any = cast(Any, self._celery).connection_for_write(connect_timeout=5)
            connection.ensure_connection(max_retries=1, interval_start=0)
            self._opened = _Opened(connection, cast(Any, self._celery.amqp).Producer(connection))
        return self._opened

    def _errors(self) -> tuple[type[Exception], ...]:
        """Each transport has its own."""
        if self._opened is None:
            return ()
        connection = self._opened.connection
        return (*connection.connection_errors, *connection.channel_errors)

    def _away(self, error: BaseException) -> UnreachableError:
        self.close()
        said = redact(str(error).strip() or type(error).__name__)
        return UnreachableError(
            f"the broker is away: {said[:300]}", advice="Check RABBITMQ_URL, and whether it runs there."
        )
