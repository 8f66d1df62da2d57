"""Reads `deploy/.env.deploy`, where the user says what each variable is: one `type:VAR=value` a line.

Types: `env` (a plain value), `vault` (`path:field`), `consul` (a key), `nomad` (`assigned`, the port that Nomad gives,
or `path:field` of a Nomad variable). A secret's plain value is refused and goes no further than this file; so does a
path without a slash, which is what a value in a place's stead looks like.
"""

import re
from collections.abc import Iterator
from posixpath import dirname

from muster.core.secret_shapes.shape import MASK
from muster.nomad.domain.env.cells import Cell
from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.extractors.port_words import listening_port
from muster.nomad.domain.facts import EnvFact, Evidence, PortFact
from muster.nomad.domain.places import parse_place
from muster.nomad.domain.port_forms import env_form

SOURCE = "deploy env"

_LINE = re.compile(r"(?P<type>[A-Za-z]+)\s*:\s*(?P<name>[A-Za-z_][A-Za-z0-9_.:-]*)\s*=\s*(?P<value>.*)")
_TYPES = ("env", "vault", "consul", "nomad")
_PLACES = {
    "vault": "it is written path:field, and the path has a mount and a slash, as secret/data/shop has",
    "nomad": "it is written path:field, and the path has a slash, as nomad/jobs/shop has",
}
"""Apart from the variable's name: behind a secret's name and a sign all is masked."""
_FORM = f"a line is type:VAR=value, with the type {', '.join(_TYPES)}"
_FIRST = re.compile(rf"(?i:{'|'.join(_TYPES)})(?=[\s:=])|[A-Z_][A-Z0-9_]*(?=\s*=\s*[^\s=])")
"""What is shown of a line that says nothing: the type, or the name that is given a value."""


def extract_deploy_env(files: Files) -> tuple[Evidence, ...]:
    """A fact for each line, about the folder above `deploy`; a problem for each that says nothing."""
    return tuple(evidence for file in files.values() for evidence in _of_file(file))


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    seen: dict[str, int] = {}
    for number, text in enumerate(file.lines, start=1):
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            yield _complain(file, number, f"{_shown(line)}: {_FORM}")
        elif found["name"] in seen:
            yield _complain(file, number, f"{found['name']} is given again: line {seen[found['name']]} counts")
        elif isinstance(cell := _cell(found["type"].lower(), found["name"], _unquoted(found["value"])), str):
            yield _complain(file, number, cell)
        else:
            seen[found["name"]] = number
            yield from _of_line(file, number, found["type"].lower(), found["name"], cell)


def _of_line(file: SourceFile, number: int, kind: str, name: str, cell: Cell) -> Iterator[Evidence]:
    # what lies in a store of secrets is one; the problem of a plain one is told beside it
    secret = bool(cell.place) and kind != "consul"
    fact = EnvFact(name=name, value=cell.value, place=cell.place, assigned=cell.assigned, secret=secret, required=True)
    yield _say(file, number, kind, fact)
    port = listening_port(name, cell.value) if cell.value else None
    if port is not None:
        yield _say(file, number, kind, PortFact(port=port, env=name, env_form=env_form(name, cell.value)))


def _cell(kind: str, name: str, value: str) -> Cell | str:
    """What the line gives, or what is wrong with it. Neither quotes a value that may be a secret."""
    if kind not in _TYPES:
        return f"{kind!r} is no type: {_FORM}"
    if kind == "env":
        return _plain(name, value)
    if not value:
        return f"{kind}:{name} has no value"
    if kind == "nomad" and value == "assigned":
        return Cell(assigned=True)
    if kind == "consul":
        return _consul(name, value)
    path, sign, field = value.rpartition("#") if "#" in value else value.rpartition(":")
    found = parse_place(
        f"{'vault' if kind == 'vault' else 'nomad-var'}:{path if sign else value}#{field if sign else name}"
    )
    if found is None or "/" not in found.path or (kind == "vault" and not sign):
        return f"what {kind} gives for {name} is no place: {_PLACES[kind]}"
    return Cell(place=str(found))


def _plain(name: str, value: str) -> Cell | str:
    if looks_secret(name, value):
        return (
            f"the plain value of {name} is a secret and is not taken: put it into Vault and give its place, type vault"
        )
    return Cell(value=value)


def _consul(name: str, value: str) -> Cell | str:
    if looks_secret(name):
        return f"Consul's store is no place for the secret {name}: give its place in Vault, type vault"
    place = f"consul:{value.strip('/')}"
    return Cell(place=place) if parse_place(place) else f"what consul gives for {name} is no key, such as shop/region"


def _unquoted(value: str) -> str:
    text = value.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _shown(line: str) -> str:
    """The line's first word, where it is a type or a name; any other word may be a secret, or a part of one."""
    first = _FIRST.match(line)
    return f"{first[0]} {MASK}" if first else MASK


def _say(file: SourceFile, number: int, kind: str, fact: EnvFact | PortFact) -> Evidence:
    return Evidence(
        unit=_unit(file), fact=fact, source=SOURCE, where=file.at(number), reason=f"`{kind}:` in {file.name}"
    )


def _complain(file: SourceFile, number: int, text: str) -> Evidence:
    return problem(SOURCE, file.path, text, line=number, unit=_unit(file))


def _unit(file: SourceFile) -> str:
    return f"folder:{dirname(file.folder) or '.'}"


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="deploy/.env.deploy: what each variable is, `env`, `vault`, `consul` or `nomad`",
    globs=("deploy/.env.deploy", "*/deploy/.env.deploy"),
    extract=extract_deploy_env,
    max_bytes=128 * 1024,
    max_files=50,
)
