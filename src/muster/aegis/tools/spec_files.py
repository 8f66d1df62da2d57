"""Specs on disk: reads one, and writes the commented one to begin with."""

from pathlib import Path

from muster.aegis.domain.intent.starter import STARTER
from muster.aegis.domain.intent.yaml_spec import MAX_BYTES, YamlSpec, read_yaml_spec
from muster.core.errors import SourceError, UsageError


def read_spec(file: Path) -> YamlSpec:
    """Raises SourceError where the file can't be read, UsageError for what is wrong in it."""
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_BYTES + 1).decode("utf-8")
    except (OSError, ValueError) as error:
        raise SourceError(f"the spec {file} can't be read: {error}", advice="`aegis init` writes one.") from error
    return read_yaml_spec(text, str(file))


def write_starter(file: Path) -> None:
    """Raises UsageError where something is there already, or can't be written."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(STARTER)
    except FileExistsError:
        raise UsageError(f"{file} is there already", advice="Name another file.") from None
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}", advice="Name another file.") from error
