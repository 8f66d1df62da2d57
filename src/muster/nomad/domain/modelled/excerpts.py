"""Which lines of a repository a model is shown: those of the files that matter, by name or by what they speak of."""

import re
from collections.abc import Iterable, Iterator, Sequence
from posixpath import basename

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.modelled.citing import Shown, shown_line

MATERIAL_GLOBS = (
    *("Dockerfile", "Dockerfile.*", "*.dockerfile", "Containerfile", "Makefile", "makefile", "GNUmakefile", "*.mk"),
    *("justfile", "Procfile", "package.json", "pyproject.toml", "requirements*.txt", "go.mod", "Cargo.toml"),
    *("*.py", "*.js", "*.mjs", "*.cjs", "*.ts", "*.go", "*.rb", "*.rs", "*.java", "*.kt", "*.scala", "*.cs", "*.fs"),
    *("*.php", "*.ex", "*.exs", "*.erl", "*.clj", "*.pl", "*.pm", "*.lua", "*.sh", "*.cr", "*.nim", "*.swift", "*.hs"),
    *("*.c", "*.cc", "*.cpp", "*.jl", "*.R", "*.dart", "*.zig", "*.conf", "*.ini", "*.cfg", "*.properties"),
    *("application*.yml", "application*.yaml", "config*.yml", "config*.yaml", "settings*.yml", "settings*.yaml"),
)
"""Programs and what starts and configures them. No environment files, which hold secrets, and no documentation, which
shows what somebody says and not what runs."""
MAKEFILES = ("Makefile", "makefile", "GNUmakefile", "justfile")

MOST_CHARACTERS = 24_000
MOST_FILES = 12
_WHOLE = 80
_AROUND = 2
_MOST_LINES = 60
_RUN_FILES = (*MAKEFILES, "Dockerfile", "Containerfile", "Procfile", "package.json")

LISTENING = re.compile(r"listen|bind|port\b|serve|addr|:\d{4}\b|health|ready|live|ping", re.IGNORECASE)
VARIABLES = re.compile(r"env|config|settings|prefix", re.IGNORECASE)
LIVING = re.compile(r"main|while|loop|cron|schedul|exit|run\(|start|worker|queue|sleep|forever", re.IGNORECASE)
COMPUTING = re.compile(r"cuda|gpu|torch|tensor|device|rocm|nvidia|onnx|vllm|jax", re.IGNORECASE)


def pick_excerpts(files: Iterable[SourceFile], about: re.Pattern[str], *, folder: str, cited: Sequence[str]) -> Shown:
    """Lines that speak of something: of the files that evidence cites first, then of those that start it, then of the
    others by how often they do. Only files of the service's folder, or cited ones; bounded."""
    at_home = [file for file in files if file.path in cited or _lies_in(file.path, folder)]
    order = sorted(at_home, key=lambda file: _rank(file, about, cited))
    picked: dict[str, dict[int, str]] = {}
    left = MOST_CHARACTERS
    for file in order:
        lines = dict(_lines(file, about))
        size = sum(len(line) + 8 for line in lines.values())
        if lines and size <= left and len(picked) < MOST_FILES:
            picked[file.path], left = lines, left - size
    return Shown(files=picked)


def whole_file(file: SourceFile) -> Shown:
    """All of one file, as far as it may be shown."""
    lines: dict[int, str] = {}
    left = MOST_CHARACTERS
    for number, line in enumerate(file.lines, 1):
        left -= len(shown_line(line)) + 8
        if left < 0:
            break
        lines[number] = shown_line(line)
    return Shown(files={file.path: lines})


def _lines(file: SourceFile, about: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    hits = [number for number, line in enumerate(file.lines, 1) if about.search(line[:1000])]
    if len(file.lines) <= _WHOLE and (hits or basename(file.path) in _RUN_FILES):
        wanted = set(range(1, len(file.lines) + 1))
    else:
        wanted = {near for hit in hits for near in range(hit - _AROUND, hit + _AROUND + 1)}
    numbers = [number for number in sorted(wanted) if 0 < number <= len(file.lines) and file.lines[number - 1].strip()]
    yield from ((number, shown_line(file.lines[number - 1])) for number in numbers[:_MOST_LINES])


def _rank(file: SourceFile, about: re.Pattern[str], cited: Sequence[str]) -> tuple[int, int, str]:
    if file.path in cited:
        return (0, 0, file.path)
    if basename(file.path) in _RUN_FILES:
        return (1, 0, file.path)
    return (2, -sum(1 for line in file.lines if about.search(line[:1000])), file.path)


def _lies_in(path: str, folder: str) -> bool:
    return folder in ("", ".") or path.startswith(f"{folder}/")
