"""Optional dependencies: one that is not installed names the command that installs it."""

from importlib.util import find_spec

from muster.core.errors import MissingExtraError


def require(extra: str, *modules: str) -> None:
    """Check that the modules of an extra are installed, without importing them. Raises MissingExtraError."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise MissingExtraError(
            f"not installed, and this needs it: {', '.join(missing)}", advice=f"pip install 'muster-agents[{extra}]'"
        )
