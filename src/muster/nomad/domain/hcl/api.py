"""Job files to the API's JSON job, as `POST /v1/jobs/parse` answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from muster.nomad.domain.hcl.bodies import Content, LiveBlock, Shape, read_body
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.decode import decode_block, decode_struct
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.groups import Extras, Json
from muster.nomad.domain.hcl.normal import fill_job, regroup_job
from muster.nomad.domain.hcl.positions import Source
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.syntax import syntax_diagnostics
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import Tree, parse_tree
from muster.nomad.domain.hcl.values import Value
from muster.nomad.domain.hcl.variables import (
    Declared,
    check_validations,
    read_locals,
    read_variables,
    report_unset,
)

_FILE = Shape((), {"variables": (), "variable": ("name",), "locals": (), "job": ("name",)})
_JOB = Extras({"vault": (), "task": ("name",)}, ("meta",))


@dataclass(frozen=True)
class ParsedJob:
    """Either the job, or why there is none."""

    job: Json | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def error_text(self) -> str:
        """The body of Nomad's 400 answer, one diagnostic a line."""
        return "\n".join(diagnostic.as_nomad() for diagnostic in self.diagnostics)


_NO_VARIABLES: Mapping[str, JsonValue] = {}


def parse_job(
    text: str,
    *,
    filename: str = "job.nomad.hcl",
    variables: Mapping[str, JsonValue] = _NO_VARIABLES,
    canonicalize: bool = False,
) -> ParsedJob:
    """The API's JSON job of an HCL text, as Nomad's parser makes it; with `canonicalize` its defaults filled in.

    `variables` are values for the file's `variable` blocks. `filename` stands in the diagnostics; Nomad's server
    says `input.hcl`.
    """
    syntax = syntax_diagnostics(text, filename)
    if syntax:
        return ParsedJob(None, syntax)
    try:
        tree = parse_tree(text, filename)
    except HclSyntaxError as error:
        return ParsedJob(None, (unread(error, text, filename),))
    scope = Scope(tree.source)
    decoded = decode_file(tree, variables, scope)
    if scope.findings or decoded is None:
        return ParsedJob(None, tuple(dict.fromkeys(scope.findings)))
    job = fill_job(decoded)
    return ParsedJob(canonicalize_job(job) if canonicalize else job)


def unread(error: HclSyntaxError, text: str, filename: str) -> Diagnostic:
    """What our own parser can't read although HashiCorp's can: nesting beyond all need."""
    return Diagnostic(error.summary, error.detail, filename, Source(text, filename).place(error.span))


def decode_file(tree: Tree, variables: Mapping[str, JsonValue], scope: Scope) -> Json | None:
    """The job of a file as written, no default filled in, findings in the scope; stops early where Nomad stops."""
    content = read_body(tree.body, _FILE, scope, dynamic=False)
    if scope.findings:
        return None
    known = _named(content, variables, scope)
    if scope.findings and not scope.lenient:
        return None
    return _decode_jobs(content.of_type("job"), known)


def _named(content: Content, variables: Mapping[str, JsonValue], scope: Scope) -> Scope:
    """The scope inside the job: `var` and `local` have their values."""
    constant = Scope(scope.source, runtime=False, findings=scope.findings)
    declared = read_variables([*content.of_type("variable"), *content.of_type("variables")], variables, constant)
    if not scope.lenient:
        report_unset(declared, scope)
    check_validations(declared, scope)
    known: dict[str, Value] = {"var": {name: item.value for name, item in declared.items()}}
    found = read_locals(content.of_type("locals"), scope.inside(known))
    return scope.inside({**known, "local": dict(found)})


def scope_inside(tree: Tree) -> Scope:
    """The scope of what stands in a file's job, variables at their defaults; its findings are nobody's."""
    lenient = Scope(tree.source, lenient=True)
    return _named(read_body(tree.body, _FILE, lenient, dynamic=False), {}, lenient)


def _decode_jobs(blocks: list[LiveBlock], scope: Scope) -> Json | None:
    if not blocks:
        scope.findings.append(Diagnostic("Missing job block", "A job block is required", scope.source.filename))
        return None
    for extra in blocks[1:]:
        _report_second(blocks[0], extra, "job", scope)
    return _decode_job(blocks[0], scope)


def _report_second(first: LiveBlock, second: LiveBlock, name: str, scope: Scope) -> None:
    place = f"{scope.source.filename}:{scope.source.place(first.header)}"
    detail = f'Only one block of type "{name}" is allowed. Previous definition was at {place}.'
    scope.report(second.header, f"Duplicate {name} block", detail)


def _decode_job(block: LiveBlock, scope: Scope) -> Json:
    job, content = decode_struct("Job", block.body, scope, _JOB)
    vaults = content.of_type("vault")
    for extra in vaults[1:]:
        _report_second(vaults[0], extra, "vault", scope)
    vault = decode_block("Vault", vaults[0]) if vaults else None
    tasks = [decode_block("Task", task) for task in content.of_type("task")]
    return regroup_job(job, block.labels[0].text, tasks, vault)


def declared_variables(tree: Tree, scope: Scope) -> dict[str, Declared]:
    """The variables that a file declares, with their defaults."""
    content = read_body(tree.body, _FILE, scope, dynamic=False)
    constant = Scope(scope.source, runtime=False, findings=scope.findings)
    return read_variables([*content.of_type("variable"), *content.of_type("variables")], {}, constant)
