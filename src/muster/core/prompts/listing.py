"""`prompts list`: versions here and in Langfuse, and where they differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from muster.core.console import make_console, visible
from muster.core.errors import PromptError
from muster.core.prompts.langfuse_prompts import LangfusePrompts, PromptMeta
from muster.core.prompts.shelf import Shelf
from muster.core.prompts.stored import StoredPrompt

_NEW = "new"
_CHANGED = "changed"
_LOOKED_AT = 10  # of the newest versions: each is a request
_UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Row:
    """One prompt: the file's version, the label's, the newest, and how the file and the label's compare.

    The file's version is the one in Langfuse that says the same. The number in the file tells where it was pulled from,
    and says nothing once the text was changed, or pushed to another project.
    """

    name: str
    file: str
    labelled: str = ""
    newest: str = ""
    labels: str = ""
    drift: str = ""


def local_rows(shelf: Shelf, name: str | None) -> tuple[Row, ...]:
    """What is known without Langfuse: the numbers in the files."""
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
    if meta is None:
        unreadable = _file_version(shelf, name) == _UNREADABLE
        return Row(name, _UNREADABLE if unreadable else _NEW, drift="not in Langfuse")
    stored = server.labelled(name, label)
    labelled, differs = (str(stored.version), "differs") if stored else ("", f"no version is labelled {label}")
    file, drift = _compared(shelf, server, meta, stored)
    return Row(name, file, labelled, _newest(meta), ", ".join(sorted(meta.labels)), drift or differs)


def _compared(shelf: Shelf, server: LangfusePrompts, meta: PromptMeta, stored: StoredPrompt | None) -> tuple[str, str]:
    """Which version the file says; and `same` as the label's, or why that can't be told, or nothing."""
    try:
        told = shelf.told(meta.name)
    except PromptError as error:
        return _file_version(shelf, meta.name), f"the file can't be used: {error.message}"
    if stored is not None and told.says_the_same(stored):
        return str(stored.version), "same"
    numbers = dict.fromkeys([told.version, *sorted(meta.versions, reverse=True)[:_LOOKED_AT]])
    others = (server.numbered(meta.name, number) for number in numbers if number in meta.versions)
    return next((str(one.version) for one in others if one and told.says_the_same(one)), _CHANGED), ""


def _file_version(shelf: Shelf, name: str) -> str:
    try:
        return str(shelf.written(name).version)
    except PromptError:
        return _UNREADABLE


def _newest(meta: PromptMeta) -> str:
    return str(max(meta.versions, default=""))


def _only_there(shelf: Shelf, remote: dict[str, PromptMeta]) -> Iterator[Row]:
    for name in sorted(set(remote) - set(shelf.names())):
        meta = remote[name]
        yield Row(name, "", "", _newest(meta), ", ".join(sorted(meta.labels)), "no file")
