"""Optional dependencies: importing one that is not installed names the command that installs it."""

from importlib import import_module
from types import ModuleType

from muster.core.errors import MissingExtraError


def require(extra: str, module: str) -> ModuleType:
    """Import a module that an extra brings. Raises MissingExtraError when it is not installed.

    An ImportError inside the installed module itself passes through: that is not a missing extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise MissingExtraError(
            f"{module} is not installed, and this needs it", advice=f"pip install 'muster-agents[{extra}]'"
        ) from error
