"""The job file that a run works on: its path and what it held, so that a changed file is noticed on resume."""

from hashlib import sha256

from muster.core.errors import SourceError
from muster.nomad.domain.values import Part


class ChosenFile(Part):
    """A job file of the repository; its text is read again wherever it is needed, and never stored."""

    path: str
    digest: str


def choose_file(path: str, text: str) -> ChosenFile:
    """The file as it is now."""
    return ChosenFile(path=path, digest=_digest(text))


def check_unchanged(chosen: ChosenFile, text: str) -> None:
    """Raise SourceError where the file is no longer what the run began with."""
    if _digest(text) != chosen.digest:
        raise SourceError(
            f"{chosen.path} was changed since this run began", advice="Start again: what was decided was for the other."
        )


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
