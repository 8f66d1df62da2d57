"""Which Python files are worth parsing: most say nothing about how the application runs, and parsing is what costs.

A file is passed over when it holds none of the words that something here is made of, and imports no library that
another file has not imported already. Words stand for more than they mean: a file
too many costs a millisecond, a file too few would change what is found.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from muster.nomad.domain.extractors.code.folders import code_weight
from muster.nomad.domain.extractors.code.urls import url_services
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.python.commands import APPLICATIONS
from muster.nomad.domain.extractors.python.libraries import PYTHON, normal_name
from muster.nomad.domain.extractors.python.mounts import MOUNTING
from muster.nomad.domain.extractors.python.ports import GRPC, LISTENERS
from muster.nomad.domain.extractors.python.routes import REGISTERING
from muster.nomad.domain.extractors.python.source import Module, parse_python
from muster.nomad.domain.facts import Fact

# Environment variables in all their forms, and what is judged by the package alone.
_WORDS = (
    *("env", "decouple", "basesettings", "dj_database_url", "starlette", "streamlit", "tornado", "urlpatterns"),
    *("include(", "mount(", *(name.lower() for name in GRPC)),
    *(f".{name.lower()}" for name in MOUNTING),
    *(f"{name.lower()}(" for name in REGISTERING),
)
# Calls that count: a file that makes one names both the package and the last word.
_CALLS = sorted(
    {
        (call.partition(".")[0], call.rpartition(".")[2])
        for call in (*(listener.call for listener in LISTENERS), *APPLICATIONS, "socket.bind")
    }
)
_FORMS = tuple(
    map(
        re.compile,
        (
            r"@[\w.]{0,80}(?:get|route|head)\s{0,9}\(",  # a route by its decorator
            r"path\w{0,40}\s{0,9}(?:[=!<>]|in\b|is\b|not\b)",  # a path that is compared
            r"path\(\s{0,200}[rbuf]{0,2}['\"]",  # Django's routes
            r"url\(\s{0,200}[rbuf]{0,2}['\"]",
            r"['\"]--\w",  # an option with a default
            r"if\s{0,9}\(?\s{0,9}__name__",
            # a value that other files may use, see `unit.SHARED_NAME`
            *(
                rf"{word}\w{{0,80}}['\"\]]{{0,3}}\s{{0,9}}(?::[^=\n]{{0,120}})?=(?!=)"
                for word in ("port", "addr", "bind", "listen", "prefix", "api")
            ),
        ),
    )
)
_NAMES = frozenset({"setup.py", "manage.py", "wsgi.py", "__main__.py"})
# Expressions that start with a letter are found many times faster than those that start with its surroundings.
_IMPORTED = re.compile(r"from(?<=\bfrom)[ \t]+([\w.]{1,200})[ \t]+import\b|import(?<=\bimport)[ \t]+([\w., \t]{1,400})")
_QUOTED_NAME = re.compile(r"['\"]([A-Z][A-Z0-9_]{1,79})['\"]")
_CAPITALS = re.compile(r"[A-Z](?<=\b[A-Z])[A-Z0-9_]{1,79}\b")
_NOTHING = ast.Module(body=[], type_ignores=[])


def parse_unit(files: Sequence[SourceFile], unit: str) -> list[tuple[SourceFile, Module | None]]:
    """Each file of a unit as a module, without content where it has nothing to say; None where it can't be parsed."""
    said: dict[Fact, float] = {}
    parsed: dict[str, Module | None] = {}
    for file in files:
        weight = code_weight(file.path, unit)
        if file.made(_speaks) or _has_news(file, weight, said):
            parsed[file.path] = module = file.made(parse_python)
            said |= {fact: max(weight, said.get(fact, 0.0)) for fact in _facts(module)}
    names = {name for file in files if file.path in parsed for name in _QUOTED_NAME.findall(file.text)}
    return [(file, parsed[file.path] if file.path in parsed else _looked_at(file, names)) for file in files]


def _looked_at(file: SourceFile, names: set[str]) -> Module | None:
    """A quiet file counts where it looks at a variable that another one reads: `if settings.MAIL_SERVER`."""
    if names.isdisjoint(file.made(_capitals)):
        return Module(file, _NOTHING)
    return file.made(parse_python)


def _speaks(file: SourceFile) -> bool:
    """Whether the text holds any of the words."""
    text = file.text.lower()
    return (
        file.name in _NAMES
        or any(word in text for word in _WORDS)
        or any(name in file.text and package in file.text for package, name in _CALLS)
        or any(form.search(text) for form in _FORMS)
        or next(url_services(text), None) is not None
    )


def _has_news(file: SourceFile, weight: float, said: dict[Fact, float]) -> bool:
    """Whether it imports a library about which no file that counts as much has said the same."""
    return any(said.get(fact, 0.0) < weight for fact in file.made(_library_facts))


def _imports(file: SourceFile) -> Iterator[str]:
    """The names that stand behind `import`, also in comments; of `from x import y` also the known names below x."""
    for package, names in set(_IMPORTED.findall(file.text)):
        if package:
            yield package
            yield from PYTHON.below(normal_name(package))
        yield from (name.split()[0] for name in names.split(",") if name.strip())


def _library_facts(file: SourceFile) -> frozenset[Fact]:
    """What the libraries that a file may import stand for."""
    return frozenset(fact for name in _imports(file) for fact in PYTHON.facts(normal_name(name)))


def _capitals(file: SourceFile) -> frozenset[str]:
    return frozenset(_CAPITALS.findall(file.text))


def _facts(module: Module | None) -> Iterator[Fact]:
    for full, _ in module.imports.values() if module else ():
        yield from PYTHON.facts(normal_name(full))
