"""`prompts list`: versions here and in Langfuse, and where they differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from muster.core.console import make_console, visible
from muster.core.errors import PromptError
from muster.core.prompts.langfuse_prompts import LangfusePrompts, PromptMeta
from muster.core.prompts.shelf import Shelf


@dataclass(frozen=True)
class Row:
    """One prompt: the file's version, the label's, the newest, and how the file and the label's compare."""

    name: str
    file: str
    labelled: str = ""
    newest: str = ""
    labels: str = ""
    drift: str = ""


def local_rows(shelf: Shelf, name: str | None) -> tuple[Row, ...]:
    """What is known without Langfuse."""
    return tuple(Row(one, _file_version(shelf, one), drift="Langfuse is not asked") for one in shelf.chosen(name))


def rows(shelf: Shelf, server: LangfusePrompts, name: str | None, label: str) -> tuple[Row, ...]:
    """Every prompt of a file, then what only Langfuse has. Raises a ServiceError when Langfuse is away."""
    remote = {meta.name: meta for meta in server.listed()}
    here = tuple(_row(shelf, server, one, label, remote.get(one)) for one in shelf.chosen(name))
    return here if name else (*here, *_only_there(shelf, remote))


def show(rows: tuple[Row, ...], label: str) -> None:
    """Print the table."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("prompt", "file", label, "newest"):
        table.add_column(title, no_wrap=True)
    for title in ("labels", "drift"):
        table.add_column(title)
    for row in rows:
        cells = (row.name, row.file, row.labelled, row.newest, row.labels, row.drift)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    make_console().print(table)


def _row(shelf: Shelf, server: LangfusePrompts, name: str, label: str, meta: PromptMeta | None) -> Row:
    file = _file_version(shelf, name)
    if meta is None:
        return Row(name, file, drift="not in Langfuse")
    stored = server.labelled(name, label)
    newest, labels = str(max(meta.versions, default="")), ", ".join(sorted(meta.labels))
    if stored is None:
        return Row(name, file, "", newest, labels, f"no version is labelled {label}")
    try:
        drift = "" if shelf.told(name).says_the_same(stored) else "differs"
    except PromptError as error:
        drift = f"the file can't be used: {error.message}"
    return Row(name, file, str(stored.version), newest, labels, drift or "same")


def _file_version(shelf: Shelf, name: str) -> str:
    try:
        return str(shelf.written(name).version)
    except PromptError:
        return "unreadable"


def _only_there(shelf: Shelf, remote: dict[str, PromptMeta]) -> Iterator[Row]:
    for name in sorted(set(remote) - set(shelf.names())):
        meta = remote[name]
        newest, labels = str(max(meta.versions, default="")), ", ".join(sorted(meta.labels))
        yield Row(name, "", "", newest, labels, "no file")
