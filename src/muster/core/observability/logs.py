"""Logs: every line of ours and of the libraries goes through one handler to stderr, redacted, with run and span.

Whoever has something to say takes `logging.getLogger(__name__)`, and gives facts as `extra`; structlog renders them.
"""

import logging
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import TextIO, cast

from pydantic import JsonValue
from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor, WrappedLogger

from muster.core.console import visible
from muster.core.observability.settings import LogFormat, LogLevel, LogSettings
from muster.core.observability.tracing import span_id
from muster.core.redaction import redact_json

# They tell the same as our own lines, or repeat whole requests.
_CHATTY = (
    "asyncio",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "urllib3",
    "openai",
    "anthropic",
    "markdown_it",
    "opentelemetry",
)
_DEPTH = 5
"""Deeper values are told as text: one that holds itself has no end."""


def set_up_logs(settings: LogSettings, *, level: LogLevel | None = None, **facts: str) -> None:
    """Log records of the wanted level (`level`, else the settings') and above go to stderr; called once, by entry
    points. The facts stand in every line whose context does not say otherwise."""
    handler = _Handler(sys.stderr)
    handler.setFormatter(log_formatter(settings.log_format, colors=sys.stderr.isatty(), facts=facts))
    logging.basicConfig(level=level or settings.log_level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def log_formatter(
    form: LogFormat, *, colors: bool = False, facts: Mapping[str, str] = MappingProxyType({})
) -> logging.Formatter:
    """Renders a record as JSON, one object a line, or for a reader; secrets are taken out just before."""
    console = ConsoleRenderer(colors=colors, exception_formatter=plain_traceback)
    renderer: Processor = JSONRenderer(ensure_ascii=False) if form == "json" else console
    return ProcessorFormatter(
        foreign_pre_chain=[
            merge_contextvars,
            partial(_with_facts, facts),
            _with_span,
            add_log_level,
            add_logger_name,
            ExtraAdder(),
            TimeStamper(fmt="iso", utc=True),
        ],
        processors=[ProcessorFormatter.remove_processors_meta, format_exc_info, _redacted, renderer],
    )


class _Handler(logging.StreamHandler[TextIO]):
    """A record that can't be written is left out: logging would print it as it is, secrets and all."""

    def handleError(self, record: logging.LogRecord) -> None:
        kind = sys.exc_info()[0]
        if kind is None or not issubclass(kind, OSError):  # nobody reads stderr any more
            with suppress(ValueError, OSError):  # it is closed: whoever logs must not fail for it
                self.stream.write(f"a log record of {record.name} could not be written\n")


def _with_facts(facts: Mapping[str, str], logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    for name, value in facts.items():
        event.setdefault(name, value)
    return event


def _with_span(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if span := span_id():
        event["span"] = span
    return event


def _redacted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    shown = redact_json({str(key): _plain(value, _DEPTH) for key, value in event.items()})
    return cast(EventDict, _visible(shown))


def _plain(value: object, levels: int) -> JsonValue:
    """Numbers stay numbers, so that they can be counted, and lists lists, so that they can be searched."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list() | tuple() if levels:
            return [_plain(item, levels - 1) for item in cast("Sequence[object]", value)]
        case dict() if levels:
            items = cast("dict[object, object]", value).items()
            return {str(name): _plain(item, levels - 1) for name, item in items}
        case _:
            return str(value)


def _visible(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return visible(value)
        case list():
            return [_visible(item) for item in value]
        case dict():
            return {visible(name): _visible(item) for name, item in value.items()}
        case _:
            return value
