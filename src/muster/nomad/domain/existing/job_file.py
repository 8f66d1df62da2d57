"""A job file as the base of a run: its text, the job it says, and what a spec can hold of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from muster.core.errors import SourceError
from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.existing.editing import edit_job
from muster.nomad.domain.existing.overlay import lay_over_job
from muster.nomad.domain.existing.projection import json_of, project_job, secrets_of_variables, stand_in
from muster.nomad.domain.existing.spans import Draft
from muster.nomad.domain.hcl.api import declared_variables, decode_file
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.literals import json_text
from muster.nomad.domain.hcl.nodes import Block, Template
from muster.nomad.domain.hcl.normal import fill_job
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.syntax import syntax_diagnostics
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import Tree, parse_tree
from muster.nomad.domain.hcl.variables import Declared
from muster.nomad.domain.spec import JobSpec, Variable

Json = dict[str, JsonValue]

_ADVICE = "Correct the job file; `nomad-spec validate` checks it."
_SECRET_ELSEWHERE = (
    "it is a secret without default, and only what is the whole value of a variable in a docker task's env can be read "
    "from its place by an answer; where else it is used, let a template read it (nomadVar or secret), and take the "
    "variable out of the job file"
)
_NO_VALUES: Mapping[str, str] = {}
_STAND_INS: Mapping[str, JsonValue] = {"number": 1, "bool": False}


@dataclass(frozen=True)
class JobFile:
    """A job file that was read. `text` has the given variables as defaults; `spec` is what a spec holds of it."""

    path: str
    text: str
    job: Json
    spec: JobSpec
    tree: Tree | None
    """None for JSON."""


def read_job_file(text: str, path: str, values: Mapping[str, str] = _NO_VALUES) -> JobFile:
    """The file, with values for variables that have no default. Raises SourceError with what is wrong with it."""
    if path.endswith(".json"):
        job = _json_job(text, path)
        return JobFile(path, text, job, _spec(job, path, ()), None)
    if values:
        text = _with_values(_tree(text, path), values)
    tree = _tree(text, path)
    scope = Scope(tree.source)
    declared = declared_variables(tree, scope)
    missing = tuple(_variable(one, tree) for one in declared.values() if not one.is_set)
    stand_ins = {one.name: _stand_in(declared[one.name]) for one in missing}
    decoded = decode_file(tree, stand_ins, scope)
    if scope.findings or decoded is None:
        raise _invalid(scope.findings)
    job = fill_job(decoded)
    return JobFile(path, text, job, _spec(job, path, missing), tree)


def placed_variables(file: JobFile, places: Mapping[str, str]) -> dict[str, str]:
    """The secret variables that the job no longer needs a value of, since each use is read from a place: empty ones."""
    text = json.dumps(file.job)
    used = [(f"{secret.task}.{secret.name}", variable) for secret, variable in secrets_of_variables(file.spec)]
    needless = dict[str, str]()
    for variable in dict.fromkeys(variable for _, variable in used):
        placed = [key for key, name in used if name == variable and places.get(key)]
        if text.count(stand_in(variable)) == len(placed):
            needless[variable] = ""
    return needless


def edited_text(file: JobFile, after: JobSpec) -> str:
    """The file's text with the change from its own spec to `after`, read back to be sure of it.

    Raises SourceError for what can't be changed in place.
    """
    wanted = lay_over_job(file.job, json_of(file.spec), json_of(after))
    if file.tree is None:
        return file.text if wanted == file.job else _json_text(file, wanted)
    text = edit_job(file.tree, file.spec, after)
    if text != file.text and not _says(text, file.path, wanted):
        raise SourceError(
            f"{file.path}: the change can't be written into the file without changing more than it says",
            advice="Change it in the file itself, or leave the wish out.",
        )
    return text


def _says(text: str, path: str, wanted: Json) -> bool:
    try:
        said = read_job_file(text, path).job
    except SourceError:
        return False
    return _filled(canonicalize_job(said)) == _filled(canonicalize_job(wanted))


def _filled(value: JsonValue) -> JsonValue:
    """The same without what is empty: an empty map and none at all mean the same."""
    if isinstance(value, dict):
        return {key: held for key, item in value.items() if (held := _filled(item)) not in (None, {}, [])}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def _tree(text: str, path: str) -> Tree:
    if syntax := syntax_diagnostics(text, path):
        raise _invalid(syntax)
    try:
        return parse_tree(text, path)
    except HclSyntaxError as error:
        raise SourceError(f"{path}: {error}", advice=_ADVICE) from error


def _invalid(findings: tuple[Diagnostic, ...] | list[Diagnostic]) -> SourceError:
    return SourceError("\n".join(map(str, findings)) or "it holds no job", advice=_ADVICE)


def _spec(job: Json, path: str, missing: tuple[Variable, ...]) -> JobSpec:
    try:
        return project_job(job).model_copy(update={"variables": missing})
    except ValidationError as error:
        first = error.errors()[0]
        raise SourceError(f"{path} holds no job: {error.title} {first['msg']}", advice=_ADVICE) from error


def _json_job(text: str, path: str) -> Json:
    try:
        found: JsonValue = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is no JSON: {error}", advice=_ADVICE) from error
    job = found.get("Job", found) if isinstance(found, dict) else None
    if not isinstance(job, dict) or not isinstance(job.get("TaskGroups"), list):
        raise SourceError(f"{path} holds no job of Nomad's API", advice=_ADVICE)
    return job


def _json_text(file: JobFile, job: Json) -> str:
    """The whole document again, indented as it was."""
    document = json.loads(file.text)
    indent = next((len(line) - len(line.lstrip()) for line in file.text.splitlines()[1:] if line.strip()), 2)
    wrapped = {**document, "Job": job} if "Job" in document else job
    ending = "\n" if file.text.endswith("\n") else ""
    return json.dumps(wrapped, indent=indent or None, ensure_ascii=file.text.isascii()) + ending


def _variable(declared: Declared, tree: Tree) -> Variable:
    block = _block(declared, tree)
    description = block.body.attribute("description") if block else None
    text = description.value.plain if description and isinstance(description.value, Template) else None
    missing = _SECRET_ELSEWHERE if looks_secret(declared.name) else text or "it has no default in the job file"
    return Variable(name=declared.name, description=text or "", missing=missing)


def _block(declared: Declared, tree: Tree) -> Block | None:
    return next((block for block in tree.body.blocks if block.span.start == declared.span.start), None)


def _stand_in(declared: Declared) -> JsonValue:
    kind = declared.type.kind if declared.type else "string"
    text = stand_in(declared.name)
    if kind in ("list", "set", "tuple"):
        return [text]
    return {} if kind in ("map", "object") else _STAND_INS.get(kind, text)


def _with_values(tree: Tree, values: Mapping[str, str]) -> str:
    """The text with those values as the defaults of its variables: every version of Nomad reads them there."""
    draft = Draft(tree.source)
    for block in tree.body.blocks:
        value = values.get(block.labels[0].text) if block.type == "variable" and block.labels else None
        if value is not None:
            draft.add_attribute(block.body, "default", json_text(value))
    return draft.text
