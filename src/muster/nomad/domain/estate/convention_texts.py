"""The conventions as text, YAML or JSON: read with every problem at its place, and written."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.values import Part

PLACEHOLDERS = ("app", "env", "service")
"""What a path of Vault may leave open: the job's name, its namespace, a service of it."""

_BRACED = re.compile(r"\{([^{}]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")


class ConventionProblem(Part):
    """What is wrong, and where in the document (`vault.path_patterns[0]`); no place: the whole of it."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" if self.where else self.problem


def read_conventions(text: str) -> Conventions | tuple[ConventionProblem, ...]:
    """The conventions that the text says, or everything that is wrong with it."""
    try:
        document = _load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())
        return (ConventionProblem(where="", problem=f"it is neither YAML nor JSON: {said}"),)
    if not isinstance(document, dict):
        return (ConventionProblem(where="", problem="it is no table of names and values"),)
    problems = (*_wrong_paths(cast(dict[str, Any], document)),)
    try:
        conventions = Conventions.model_validate(document)
    except ValidationError as error:
        return (*map(_problem, error.errors(include_input=False, include_url=False)), *problems)
    return problems or conventions


def render_conventions(conventions: Conventions) -> str:
    """What they say beyond the defaults, as YAML."""
    said = conventions.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True)


def _load(text: str) -> object:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)  # YAML would refuse its tabs
        except ValueError:
            pass  # a table of YAML may begin with a brace too
    return yaml.safe_load(text)


def _problem(error: ErrorDetails) -> ConventionProblem:
    where = _place(error["loc"])
    if error["type"] == "extra_forbidden":
        return ConventionProblem(where=where, problem="nothing is known by this name")
    return ConventionProblem(where=where, problem=error["msg"][:1].lower() + error["msg"][1:])


def _place(parts: Sequence[int | str]) -> str:
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return shown.removeprefix(".")


def _wrong_paths(document: dict[str, Any]) -> Iterator[ConventionProblem]:
    """What the types of `vault` can't say: placeholders, keys, names of variables."""
    vault = document.get("vault")
    if not isinstance(vault, dict):
        return
    vault = cast(dict[str, Any], vault)
    patterns, mappings = vault.get("path_patterns"), vault.get("env_var_mappings")
    for index, pattern in enumerate(cast(list[object], patterns) if isinstance(patterns, list) else []):
        yield from _wrong_path(f"vault.path_patterns[{index}]", pattern, keyed=False)
    for name, place in (cast(dict[object, object], mappings) if isinstance(mappings, dict) else {}).items():
        where = f"vault.env_var_mappings.{name}"
        if not _VARIABLE.fullmatch(str(name)):
            yield ConventionProblem(where=where, problem="that is no name of an environment variable")
        yield from _wrong_path(where, place, keyed=True)


def _wrong_path(where: str, path: object, *, keyed: bool) -> Iterator[ConventionProblem]:
    if not isinstance(path, str):
        return  # the types tell that
    unknown = [name for name in _BRACED.findall(path) if name not in PLACEHOLDERS]
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for name in unknown:
        yield ConventionProblem(where=where, problem=f"{{{name}}} is no placeholder; there are {known}")
    if re.search(r"[{}]", _BRACED.sub("", path)):
        yield ConventionProblem(where=where, problem="a brace has no other one")
    head, hash_sign, key = path.partition("#")
    if keyed and not key:
        yield ConventionProblem(where=where, problem="the key is missing: MOUNT/PATH#KEY")
    if not keyed and hash_sign:
        yield ConventionProblem(where=where, problem="a path has no key: leave #... out")
    if "/" not in head.strip("/") or path != path.strip() or path.startswith("/"):
        yield ConventionProblem(where=where, problem="that is no path of Vault: MOUNT/PATH, without a slash before it")
