"""Metrics of a process that forks: its children write their values into files, which the parent reads when asked.

`prometheus_client` decides at import whether it does so, by a variable: call `share_metrics` first of all.
"""

import os
import shutil
import sys
from pathlib import Path

from muster.core.errors import SettingsError

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_metrics(folder: Path) -> None:
    """Share the metrics of this process and its children in a folder of their own, which is emptied: what an earlier
    process counted would be counted again.

    Raises SettingsError where the vendor's library was imported before.
    """
    if "prometheus_client" in sys.modules:
        raise SettingsError("metrics can't be shared any more", advice="Call share_metrics before anything counts.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[_VARIABLE] = str(folder)  # noqa: TID251  # set for the vendor


def shared_folder() -> Path | None:
    """Where the metrics of this process are shared; None where they are its own."""
    folder = os.environ.get(_VARIABLE)  # noqa: TID251
    return Path(folder) if folder else None
