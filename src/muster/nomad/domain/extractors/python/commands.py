"""How a Python application is started, as far as its files say."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from posixpath import dirname

from muster.nomad.domain.extractors.code.findings import CUSTOM, GUESS, Finding
from muster.nomad.domain.extractors.code.folders import within
from muster.nomad.domain.extractors.python.packages import PythonPackage
from muster.nomad.domain.extractors.python.source import Module
from muster.nomad.domain.facts import CommandFact

# Files that authors start, the likeliest first.
_MAIN_NAMES = ("__main__.py", "main.py", "app.py", "server.py", "run.py", "api.py", "wsgi.py", "bot.py", "worker.py")
_UNLIKELY = 0.3
_ANY = "0.0.0.0"
APPLICATIONS = {
    "fastapi.FastAPI": ("uvicorn", "{target}", "--host", _ANY, "--port", "8000"),
    "starlette.applications.Starlette": ("uvicorn", "{target}", "--host", _ANY, "--port", "8000"),
    "litestar.Litestar": ("uvicorn", "{target}", "--host", _ANY, "--port", "8000"),
    "flask.Flask": ("flask", "--app", "{target}", "run", "--host", _ANY),
    "quart.Quart": ("quart", "--app", "{target}", "run", "--host", _ANY),
    "celery.Celery": ("celery", "-A", "{module}", "worker"),
}
_WITH_GUNICORN = ("gunicorn", "--bind", f"{_ANY}:8000", "{target}")


def start_finding(
    folder: str, packages: Sequence[PythonPackage], modules: Sequence[Module], *, gunicorn: bool
) -> Finding | None:
    """The likeliest start command of a unit in `folder`; `gunicorn` says that it is among the dependencies."""
    found = (
        *_django(folder, modules, gunicorn=gunicorn),
        *_console_scripts(packages),
        *_streamlit(folder, modules),
        *_mains(folder, modules),
        *_applications(folder, modules, gunicorn=gunicorn),
    )
    return max(found, key=lambda finding: finding.confidence, default=None)


def _django(folder: str, modules: Sequence[Module], *, gunicorn: bool) -> Iterator[Finding]:
    manage = next((one for one in modules if one.file.name == "manage.py" and "django" in one.packages), None)
    if manage is None:
        return
    wsgi = next((one for one in modules if one.file.name == "wsgi.py" and "django" in one.packages), None)
    if gunicorn and wsgi is not None:
        module = _dotted(wsgi.file.path, dirname(manage.file.path))
        yield _start(wsgi, 1, ("gunicorn", "--bind", f"{_ANY}:8000", module), "gunicorn and Django's wsgi module", 0.55)
    script = within(manage.file.path, folder)
    yield _start(manage, 1, ("python", script, "runserver", f"{_ANY}:8000"), "Django's manage.py", CUSTOM)


def _console_scripts(packages: Sequence[PythonPackage]) -> Iterator[Finding]:
    for package in packages:
        names = [name for name in package.scripts if name]
        if names:
            chosen = package.name if package.name in names else names[0]
            fact = CommandFact(command=(chosen,))
            yield Finding(package.path, 1, fact, f"the package installs the command {chosen}", CUSTOM)


def _streamlit(folder: str, modules: Sequence[Module]) -> Iterator[Finding]:
    for module in _likeliest(one for one in modules if "streamlit" in one.packages):
        script = within(module.file.path, folder)
        command = ("streamlit", "run", script, "--server.address", _ANY)
        yield _start(module, 1, command, "a streamlit application", CUSTOM)


def _mains(folder: str, modules: Sequence[Module]) -> Iterator[Finding]:
    starting = {id(module): line for module in modules if (line := _main_line(module)) is not None}
    for module in _likeliest(one for one in modules if id(one) in starting):
        script = within(module.file.path, folder)
        package = dirname(script).removeprefix("src/").replace("/", ".")
        command = ("python", script)
        if module.file.name == "__main__.py":
            command = ("python", "-m", package) if package else ("python", ".")
        confidence = CUSTOM if module.file.name in _MAIN_NAMES else _UNLIKELY
        yield _start(module, starting[id(module)], command, f"{script} runs as a script", confidence)


def _main_line(module: Module) -> int | None:
    for node in module.tree.body:
        match node:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                return node.lineno
            case _:
                continue
    return 1 if module.file.name == "__main__.py" else None


def _applications(folder: str, modules: Sequence[Module], *, gunicorn: bool) -> Iterator[Finding]:
    for module in _likeliest(modules, most=len(modules)):
        for node in module.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=maker)):
                    known = module.dotted(maker)
                case _:
                    continue
            if known in APPLICATIONS:
                command = _WITH_GUNICORN if gunicorn and known == "flask.Flask" else APPLICATIONS[known]
                dotted = _dotted(module.file.path, folder)
                filled = tuple(part.format(target=f"{dotted}:{name}", module=dotted) for part in command)
                yield _start(module, node.lineno, filled, f"`{name}` is a {known}", GUESS)


def _likeliest(modules: Iterable[Module], most: int = 1) -> list[Module]:
    """Modules by how likely authors start them: by name, then nearest to the root."""

    def rank(module: Module) -> tuple[int, int, str]:
        name = module.file.name
        known = _MAIN_NAMES.index(name) if name in _MAIN_NAMES else len(_MAIN_NAMES)
        return (module.file.path.count("/"), known, name)

    return sorted(modules, key=rank)[:most]


def _dotted(path: str, folder: str) -> str:
    """The name that a file is imported by from a folder; a `src` folder is not part of it."""
    name = within(path, folder).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return name.removeprefix("src.")


def _start(module: Module, line: int, command: tuple[str, ...], why: str, confidence: float) -> Finding:
    return Finding(module.file.path, line, CommandFact(command=command), why, confidence)
