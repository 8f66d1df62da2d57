"""Starts the server of the page: on this machine alone, with Streamlit's own protections on and its telemetry off."""

import os
import socket
import sys
from pathlib import Path

from muster.core.errors import UsageError

HOST = "127.0.0.1"
_FLAGS = {
    "server.address": HOST,
    "server.enableXsrfProtection": "true",
    "server.enableCORS": "true",
    "server.enableStaticServing": "false",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "1",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": HOST,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "global.developmentMode": "false",
    "runner.magicEnabled": "false",
}
"""Flags win over a user's own configuration of Streamlit."""


def serve(port: int, *, browser: bool) -> None:
    """Become the server. Raises UsageError where the port is taken."""
    _check_free(port)
    command = server_command(port, browser=browser)
    os.execv(command[0], command)


def server_command(port: int, *, browser: bool) -> list[str]:
    """What is executed."""
    flags = {**_FLAGS, "server.port": str(port), "server.headless": "false" if browser else "true"}
    app = str(Path(__file__).with_name("app.py"))
    return [sys.executable, "-m", "streamlit", "run", app, *(f"--{name}={value}" for name, value in flags.items())]


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UsageError(f"port {port} can't be had: {error.strerror}", advice="Name another: --port N") from error
