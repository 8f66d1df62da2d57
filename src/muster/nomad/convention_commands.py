"""What `nomad-spec conventions` does: show, validate, put."""

import difflib
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from muster.core.console import make_console, visible
from muster.core.errors import SourceError, UsageError, WorkFailedError
from muster.core.gates.draft import Draft
from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.gates.terminal import TerminalFront
from muster.core.observability.logs import set_up_logs
from muster.nomad.agent import load
from muster.nomad.domain.estate.catalog import StoredValue
from muster.nomad.domain.estate.convention_texts import ConventionProblem, read_conventions, render_conventions
from muster.nomad.ports import Catalog
from muster.nomad.settings import chosen_cluster
from muster.nomad.tools.text_file import Unreadable, read_text
from muster.nomad.wiring import open_catalog, services_of, settings_of

_MOST_BYTES = 524_288  # what Consul keeps at a key


def show_conventions(*, embedded: bool, cluster_id: str | None) -> None:
    """Print what Consul holds. Raises WorkFailedError where it makes no sense."""
    with _catalog(embedded=embedded, cluster_id=cluster_id) as (catalog, key):
        stored = catalog.value(key)
    if stored is None:
        _say(f"# there is nothing at consul:{key}; `nomad-spec conventions put FILE` writes it")
        return
    match read_conventions(stored.text):
        case tuple() as problems:
            raise _broken(f"consul:{key}", problems)
        case conventions:
            _say(f"# consul:{key}, index {stored.index}\n{render_conventions(conventions)}".rstrip())


def validate_conventions(file: Path | None, *, embedded: bool, cluster_id: str | None) -> None:
    """Say whether a file, or what Consul holds, can be used. Raises WorkFailedError with all problems."""
    if file is not None:
        where, text = str(file), _read(file)
    else:
        with _catalog(embedded=embedded, cluster_id=cluster_id) as (catalog, key):
            where, text = f"consul:{key}", _text_of(catalog, key)
    _check(where, text)
    _say(f"{where} is valid")


def put_conventions(file: Path, *, yes: bool, dry_run: bool, embedded: bool, cluster_id: str | None) -> None:
    """Write a file into Consul after a yes, unless somebody else did meanwhile.

    Raises WorkFailedError for a file with problems, and for a lost race: then nothing is overwritten.
    """
    text = _read(file)
    _check(str(file), text)
    with _catalog(embedded=embedded, cluster_id=cluster_id) as (catalog, key):
        stored = catalog.value(key)
        change = _change(stored, text, key, file)
        _say(change or f"consul:{key} says the same as {file}: nothing to write")
        if not change or dry_run or not (yes or _confirmed(key)):
            return
        if not catalog.write(key, text, base_index=stored.index if stored else 0):
            raise WorkFailedError(
                f"consul:{key} was changed by somebody else just now; nothing was overwritten",
                advice="Run it again: it shows the difference to what is there now.",
            )
    _say(f"wrote consul:{key}")


@contextmanager
def _catalog(*, embedded: bool, cluster_id: str | None) -> Generator[tuple[Catalog, str]]:
    """The catalog, and the key of the conventions in it. Raises UsageError where none is configured."""
    options = chosen_cluster(embedded=embedded, cluster_id=cluster_id)
    settings = settings_of(load(), cluster_id)
    set_up_logs(settings)
    with open_catalog(services_of(settings, options)) as catalog:
        if catalog is None:
            raise UsageError("no Consul is configured", advice="Set CONSUL_HTTP_ADDR, or give --embedded.")
        yield catalog, settings.consul_conventions_path


def _read(file: Path) -> str:
    """The file's text. Raises SourceError."""
    text = read_text(file, _MOST_BYTES)
    if isinstance(text, Unreadable):
        raise SourceError(f"{file}: {text.why}", advice="Give a YAML or JSON file.")
    return text


def _text_of(catalog: Catalog, key: str) -> str:
    stored = catalog.value(key)
    if stored is None:
        raise WorkFailedError(
            f"there is nothing at consul:{key}", advice="`nomad-spec conventions put FILE` writes it."
        )
    return stored.text


def _check(where: str, text: str) -> None:
    found = read_conventions(text)
    if isinstance(found, tuple):
        raise _broken(where, found)


def _broken(where: str, problems: Sequence[ConventionProblem]) -> WorkFailedError:
    lines = "\n".join(f"  {visible(str(problem))}" for problem in problems)
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return WorkFailedError(f"{where} can't be used, {count}:\n{lines}")


def _change(stored: StoredValue | None, text: str, key: str, file: Path) -> str:
    """The difference that a write would make, empty where there is none."""
    old = stored.text if stored else ""
    lines = difflib.unified_diff(old.splitlines(), text.splitlines(), f"consul:{key}", str(file), lineterm="")
    return "\n".join(lines)


def _confirmed(key: str) -> bool:
    question = ConfirmQuestion(id="put", text=f"Write consul:{key}?", default=False)
    front = TerminalFront(make_console(), unattended="Where nobody can be asked, give --yes.")
    return front.ask(Form(title="Conventions", questions=[question]), Draft())["put"] is True


def _say(text: str) -> None:
    sys.stdout.write("".join(f"{visible(line)}\n" for line in text.splitlines()))
