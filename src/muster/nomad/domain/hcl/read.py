"""Job files and API jobs to specs; what a spec can't hold is refused by name, not dropped."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue, ValidationError

from muster.core.errors import SourceError
from muster.nomad.domain.hcl.api import declared_variables, decode_file, unread
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.canonical_shape import complete
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.normal import fill_job
from muster.nomad.domain.hcl.references import put_references, read_variables_of, stand_ins
from muster.nomad.domain.hcl.render import render_json
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.spec_json import part_from_json
from muster.nomad.domain.hcl.syntax import syntax_diagnostics
from muster.nomad.domain.hcl.tables import JOB
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import Tree, parse_tree
from muster.nomad.domain.hcl.undefaulted import without_defaults
from muster.nomad.domain.spec import JobSpec, Variable

_Json = dict[str, JsonValue]
_SHOWN = 5


def read_spec(source: str | Mapping[str, JsonValue], *, filename: str = "job.nomad.hcl") -> JobSpec:
    """The spec of a job file's text, or of the API's JSON job (canonicalized or not).

    Raises SourceError when the text is no valid job, or holds what a spec can't: the message names it. Reasons are
    no part of a job file, so the spec has none.
    """
    if isinstance(source, str):
        return _from_text(source, filename)
    job = complete("Job", source)
    return _kept(_spec(without_defaults(job), ()), job, filename)


def _from_text(text: str, filename: str) -> JobSpec:
    tree = _tree(text, filename)
    scope = Scope(tree.source)
    declared = declared_variables(tree, scope)
    _refuse(scope.findings)
    job = decode_file(tree, stand_ins(declared, tree), scope)
    _refuse(scope.findings)
    assert job is not None, "no finding means a job"
    spec = put_references(_spec(job, read_variables_of(declared, tree)), tree)
    return _kept(spec, fill_job(job), filename)


def _tree(text: str, filename: str) -> Tree:
    syntax = syntax_diagnostics(text, filename)
    _refuse(syntax)
    try:
        return parse_tree(text, filename)
    except HclSyntaxError as error:
        _refuse([unread(error, text, filename)])
        raise


def _refuse(findings: Sequence[Diagnostic]) -> None:
    if findings:
        raise SourceError(
            "\n".join(map(str, findings)), advice="Correct the job file; `nomad-spec validate` checks it."
        )


def _spec(job: _Json, variables: tuple[Variable, ...]) -> JobSpec:
    try:
        spec = part_from_json(JOB, job)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SourceError(f"The job can't be read as a spec: {error.title}.{where}: {first['msg']}") from error
    assert isinstance(spec, JobSpec), "the table of jobs makes jobs"
    return spec.model_copy(update={"variables": variables})


def _kept(spec: JobSpec, job: _Json, filename: str) -> JobSpec:
    """The spec, when it says all that the job says."""
    lost = list(_differences(canonicalize_job(job), canonicalize_job(render_json(spec)), ""))
    if lost:
        shown = ", ".join(lost[:_SHOWN]) + (f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else "")
        raise SourceError(f"{filename} holds what a spec can't: {shown}.")
    return spec


def _differences(left: JsonValue, right: JsonValue, path: str) -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            yield from _differences(left.get(key), right.get(key), f"{path}.{key}" if path else key)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif left != right and (left or right):
        yield path
