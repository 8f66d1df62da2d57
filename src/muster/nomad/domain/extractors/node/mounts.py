"""The prefixes that JavaScript code mounts its routers under, across files: `app.use("/api", router)`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, normpath

from muster.nomad.domain.extractors.code.routes import joined_path
from muster.nomad.domain.extractors.code.text import CodeText

Mounts = Mapping[str, tuple[tuple[str, str], ...]]
"""A file -> the files that mount it, each with the prefix."""

_MODULE = r"['\"`](\.{1,2}/[^'\"`\n]{0,200})['\"`]"
_REQUIRED = re.compile(
    rf"(?:const|let|var)\s{{1,9}}\{{?\s{{0,9}}([\w$]{{1,60}})\s{{0,9}}\}}?\s{{0,9}}=\s{{0,9}}require\(\s{{0,9}}{_MODULE}"
)
_IMPORTED = re.compile(
    rf"\bimport\s{{1,9}}(?:\*\s{{1,9}}as\s{{1,9}})?\{{?\s{{0,9}}([\w$]{{1,60}})\s{{0,9}}\}}?\s{{1,9}}from\s{{1,9}}{_MODULE}"
)
_USE = re.compile(r"\.(?:use|route|register)\(\s{0,9}['\"`](/[^'\"`\n]{0,80})['\"`]\s{0,9},([^;\n]{0,200})")
_REGISTER = re.compile(
    r"\.register\(([^;{\n]{1,120}),\s{0,9}\{[^}]{0,80}?\bprefix\s{0,9}:\s{0,9}['\"`](/[^'\"`\n]{0,80})['\"`]"
)
_INLINE = re.compile(rf"(?:require|import)\(\s{{0,9}}{_MODULE}")
_WORD = re.compile(r"(?<![\w$.'\"])[A-Za-z_$][\w$]{0,60}")
_ENDINGS = ("", ".js", ".ts", ".mjs", ".cjs", ".mts", ".tsx", ".jsx", "/index.js", "/index.ts", "/index.mjs")
_MOST = 4


def find_mounts(texts: Iterable[CodeText]) -> Mounts:
    """The mounts of a unit."""
    known = {text.file.path: text for text in texts}
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, text in known.items():
        for prefix, target in _mounts(text):
            mounted = _file(path, target, known)
            if mounted is not None and mounted != path:
                found[mounted].append((path, prefix))
    return {path: tuple(mounts[:_MOST]) for path, mounts in found.items()}


def full_paths(path: str, route: str, mounts: Mounts, depth: int = 0) -> list[str]:
    """The paths that a route of a file has in the end; its own one where nothing mounts the file."""
    here = mounts.get(path, ()) if depth < _MOST else ()
    if not here:
        return [route]
    return [full for by, prefix in here for full in full_paths(by, joined_path(prefix, route), mounts, depth + 1)]


def _mounts(text: CodeText) -> Iterator[tuple[str, str]]:
    """Prefix and module of each mount in a file."""
    used = [(found[1], found[2]) for found in text.find(_USE)]
    used += [(found[2], found[1]) for found in text.find(_REGISTER)]
    if not used:
        return
    modules = {found[1]: found[2] for expression in (_REQUIRED, _IMPORTED) for found in text.find(expression)}
    for prefix, code in used:
        yield from ((prefix, module) for module in _named(code, modules))


def _named(code: str, modules: Mapping[str, str]) -> list[str]:
    inline = _INLINE.search(code)
    return [inline[1]] if inline else [modules[word] for word in _WORD.findall(code) if word in modules]


def _file(path: str, module: str, known: Mapping[str, CodeText]) -> str | None:
    plain = normpath(f"{dirname(path)}/{module}").removeprefix("/")
    stems = (plain, plain.removesuffix(".js"))
    return next((stem + ending for stem in stems for ending in _ENDINGS if stem + ending in known), None)
