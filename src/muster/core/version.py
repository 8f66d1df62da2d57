"""The installed version of Muster."""

from importlib.metadata import PackageNotFoundError, version


def muster_version() -> str:
    """The distribution's version, `0+unknown` when it runs from an uninstalled tree."""
    try:
        return version("muster-agents")
    except PackageNotFoundError:
        return "0+unknown"
