"""What a mix.exs says: the application's name, the version of Elixir, the packages that it needs."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from posixpath import dirname

from muster.nomad.domain.extractors.code.text import CodeText
from muster.nomad.domain.extractors.elixir.grammar import elixir_text
from muster.nomad.domain.extractors.extractor import SourceFile

_APP = re.compile(r"\bapp:\s{0,9}:(\w{1,80})")
_ELIXIR = re.compile(r"\belixir:\s{0,9}\"[~>=<\s]{0,9}([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})")
_APPS_PATH = re.compile(r"\bapps_path:\s{0,9}\"([\w./-]{1,80})\"")
_DEPENDENCY = re.compile(r"\{\s{0,9}:(\w{1,80})\s{0,9},([^{}]{0,400})")
_DEVELOPMENT = re.compile(r"\bonly:\s{0,9}(:\w{1,20}|\[[^\]]{0,80}\])|\bruntime:\s{0,3}false\b")
_TOOL = re.compile(r"^elixir\s{1,9}([0-9]{1,3}(?:\.[0-9]{1,3}){1,2})", re.MULTILINE)


@dataclass(frozen=True)
class MixProject:
    """A mix.exs. `required` are packages with their lines, without those for development and tests."""

    path: str
    name: str | None = None
    name_line: int = 1
    elixir: str | None = None
    required: tuple[tuple[str, int], ...] = ()


def read_mix(file: SourceFile) -> MixProject:
    """The project that a mix.exs describes."""
    text = elixir_text(file)
    app, elixir = _APP.search(text.code), _ELIXIR.search(text.code)
    return MixProject(
        file.path,
        app[1] if app else None,
        text.line(app.start()) if app else 1,
        elixir[1] if elixir else None,
        tuple(_required(text)),
    )


def elixir_version(files: Sequence[SourceFile], projects: Sequence[MixProject]) -> str | None:
    """The version by `.tool-versions`, else by mix.exs."""
    tools = (_TOOL.search(file.text[:5000]) for file in files if file.name == ".tool-versions")
    told = next((found[1] for found in tools if found), None)
    return told or next((one.elixir for one in projects if one.elixir), None)


def project_folders(files: Collection[SourceFile]) -> set[str]:
    """The folders with a mix.exs; the applications of an umbrella belong to the umbrella."""
    found = {dirname(file.path): file for file in files if file.name == "mix.exs"}
    umbrellas = [
        f"{folder}/{apps[1].strip('/')}/".lstrip("/")
        for folder, file in found.items()
        if (apps := _APPS_PATH.search(file.text[:100_000]))
    ]
    return {folder for folder in found if not f"{folder}/".startswith(tuple(umbrellas))}


def _required(text: CodeText) -> Iterator[tuple[str, int]]:
    for found in text.find(_DEPENDENCY):
        development = _DEVELOPMENT.search(found[2])
        if development is None or ":prod" in (development[1] or ""):
            yield found[1], text.line(found.start())
