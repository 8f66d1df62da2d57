"""Hands metrics over: as a file for the node exporter, or served while a command runs. Off, it loads nothing."""

import errno
import fcntl
import logging
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from muster.core.errors import SettingsError
from muster.core.extras import require
from muster.core.observability.settings import MetricsSettings
from muster.core.runs.store import write_atomically

_LOG = logging.getLogger(__name__)
HOST = "127.0.0.1"


@contextmanager
def published_metrics(settings: MetricsSettings, home: Path) -> Generator[None]:
    """Within the block metrics are served; after it the file is written. Neither, unless a setting says so.

    Raises MissingExtraError, or SettingsError for a file that has no folder.
    """
    with ExitStack() as stack:
        if settings.metrics_textfile or settings.metrics_port:
            require("trace", "prometheus_client")
        if settings.metrics_textfile:
            _check_folder(settings.metrics_textfile)
            stack.callback(write_textfile, settings.metrics_textfile, home)
        if settings.metrics_port:
            stack.enter_context(served(settings.metrics_port, home))
        yield


def write_textfile(file: Path, home: Path) -> None:
    """Count all runs and replace the file. Two that do so at once take turns, so that no older count comes last."""
    from muster.core.observability.metrics import metrics_text

    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (home / "metrics.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            write_atomically(file, metrics_text(home))
    except OSError as error:  # the run itself is done
        _LOG.warning("the metrics could not be written to %s: %s", file, error.strerror)


@contextmanager
def served(port: int, home: Path) -> Generator[None]:
    """Answer http://127.0.0.1:PORT/metrics. Where the port is taken, by another run at that, it is only said."""
    from prometheus_client import CollectorRegistry, start_http_server

    from muster.core.observability.metrics import StoredRuns

    registry = CollectorRegistry()
    registry.register(StoredRuns(home))
    try:
        server, thread = start_http_server(port, addr=HOST, registry=registry)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise SettingsError(f"METRICS_PORT {port} can't be used: {error.strerror}") from error
        _LOG.warning("METRICS_PORT %d is taken: another run, whose metrics are the same, or something else", port)
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _check_folder(file: Path) -> None:
    if not file.parent.is_dir():
        raise SettingsError(
            f"METRICS_TEXTFILE is {file}, and there is no folder {file.parent}", advice="Make the folder first."
        )
