"""A workload's name and its inputs' become file, container and job names: checked once, before anything is made."""

import re
from pathlib import Path

from muster.aegis.domain.workload import Workload
from muster.core.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_names(workload: Workload) -> None:
    """Raises UsageError for a name that could mean another place, or an input that is not there."""
    if not _NAME.fullmatch(workload.name):
        raise UsageError(f"{workload.name!r} can't be a job's name", advice="Letters, digits, `_`, `.` and `-`.")
    for name, path in workload.inputs.items():
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} can't be the name of an input of {workload.name}")
        if not Path(path).exists():
            raise UsageError(f"the input {name} of {workload.name} is not there: {path}")
    for name in workload.env:
        if not _VARIABLE.fullmatch(name):
            raise UsageError(f"{name!r} can't be an environment variable of {workload.name}")
