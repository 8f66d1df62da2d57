"""Logs: one handler on stderr, whose every line is redacted."""

import logging
import sys

from muster.core.console import visible
from muster.core.redaction import redact


class RedactedFormatter(logging.Formatter):
    """Formats a record, tracebacks included, and takes the secrets out."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return visible(redact(super().format(record)))


def set_up_logs(level: str) -> None:
    """Log records of this level and above go to stderr; called once, by entry points."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
