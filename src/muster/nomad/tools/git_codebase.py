"""Reads a repository, a local folder or a git URL, and lets the extractors say what is in it. Read only."""

import gc
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from muster.core.errors import SourceError
from muster.core.observability.tracing import span
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.registry import EXTRACTORS, run_extractors
from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.modelled.excerpts import MATERIAL_GLOBS
from muster.nomad.tools.git_checkout import is_bare
from muster.nomad.tools.git_clone import Bounds, cloned
from muster.nomad.tools.git_url import is_git_url, name_of_url, refuse_credentials
from muster.nomad.tools.repository_tree import Tree, read_tree
from muster.nomad.tools.text_file import printable_path
from muster.nomad.tools.traced_reading import counts_of, read_traced

_MATERIAL_BYTES = 256 * 1024


def _nothing(files: Files) -> tuple[Evidence, ...]:
    return ()


_MATERIAL = Extractor("material", "how the application runs", MATERIAL_GLOBS, _nothing, max_bytes=_MATERIAL_BYTES)
_ADVICE = "Give the folder of a repository, or a git URL."


@dataclass(frozen=True)
class GitCodebase:
    """The `Codebase` of the command line. A folder need not be under git; a URL is cloned for the time of one call."""

    clone_bounds: Bounds = field(default_factory=Bounds)
    extractors: tuple[Extractor, ...] = EXTRACTORS

    def evidence(self, source: str) -> tuple[Evidence, ...]:
        """Everything the extractors found, in their order of priority, then what could not be read.

        An empty folder gives an empty tuple. Raises SourceError when `source` is no folder that can be read or no
        repository, AccessDeniedError, UnreachableError, TlsError or ServiceTimeoutError when cloning fails.
        """
        with self._opened(source) as root, span("find_dockerfiles", kind="tool", input=source) as current:
            tree = _read(root, source, self.extractors)
            current.output(counts_of(tree))
        with _without_collector():
            return (*run_extractors(tree.files, self.extractors, read_traced), *tree.problems)

    def text(self, source: str, path: str) -> str:
        """One file with its own line ends; a URL is cloned again. Raises SourceError, and errors as `evidence`."""
        with self._opened(source) as root:
            return _own_text(root, path)

    def material(self, source: str) -> tuple[SourceFile, ...]:
        """Programs and what starts and configures them, at most 200 files; a URL is cloned again. Raises as `text`."""
        with self._opened(source) as root:
            return tuple(_read(root, source, (_MATERIAL,)).files.values())

    def name(self, source: str) -> str:
        """The repository's own name: its folder's, or the last part of its URL. Raises SourceError as `evidence`."""
        if _means_clone(source):
            return name_of_url(source)
        return printable_path(_folder(source).name) or "app"

    @contextmanager
    def _opened(self, source: str) -> Generator[Path]:
        if not _means_clone(source):
            yield _folder(source)
            return
        with ExitStack() as stack:
            with span("clone", kind="tool", input=source):
                root = stack.enter_context(cloned(source, self.clone_bounds))
            yield root


def _own_text(root: Path, path: str) -> str:
    file = root / path
    try:
        if not file.resolve(strict=True).is_relative_to(root.resolve()):
            raise SourceError(f"{path} leads out of the repository")
        return file.read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} can't be read any more: {error}", advice="A job file is UTF-8 text.") from error


def check_source(source: str) -> None:
    """Raise SourceError for a URL that must not even be stored, because it holds credentials."""
    if _means_clone(source):
        refuse_credentials(source)


@contextmanager
def _without_collector() -> Generator[None]:
    """Parsed code is very many small objects without circles; to look for circles would take half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _means_clone(source: str) -> bool:
    """A path that exists wins over a URL that looks the same (`host:path` is a legal file name)."""
    return is_git_url(source) and not _exists(source)


def _exists(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):  # too long, or holds a NUL
        return False


def _folder(source: str) -> Path:
    """The folder itself, links resolved. Raises SourceError."""
    shown = printable_path(source[:200])
    if source.startswith("-"):
        raise SourceError(f"{shown!r} looks like an option, not like a path", advice="For a folder write ./" + shown)
    if not source or not _exists(source):
        raise SourceError(f"there is no folder {shown!r}", advice=_ADVICE)
    folder = Path(source).resolve()
    if not folder.is_dir():
        raise SourceError(f"{shown!r} is a file, not a folder", advice=f"Give its folder: {folder.parent}")
    if is_bare(folder):
        raise SourceError(f"{shown!r} is a bare repository, without files", advice=f"Let it be cloned: file://{folder}")
    return folder


def _read(root: Path, source: str, extractors: tuple[Extractor, ...]) -> Tree:
    try:
        return read_tree(root, extractors)
    except OSError as error:
        raise SourceError(
            f"the folder {printable_path(source[:200])!r} can't be read: {error.strerror}",
            advice="Check its permissions.",
        ) from error
