"""The offline checker: any job file to findings, without a cluster."""

from muster.nomad.domain.hcl.api import decode_file, unread
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.habits import find_habits
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.syntax import syntax_diagnostics
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import parse_tree


def check_job(text: str, *, filename: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a job file, in the order of its text; no error among them means that Nomad parses it.

    Syntax is judged by HashiCorp's parser; blocks, arguments, types, labels, variables and locals by the schema of
    Nomad's job. A variable without default is a warning, since a value can be given when the job is deployed.
    """
    syntax = syntax_diagnostics(text, filename)
    if syntax:
        return syntax
    try:
        tree = parse_tree(text, filename)
    except HclSyntaxError as error:
        return (unread(error, text, filename),)
    scope = Scope(tree.source, lenient=True)
    job = decode_file(tree, {}, scope)
    find_habits(tree, job, scope)
    return tuple(sorted(dict.fromkeys(scope.findings), key=_position))


def _position(finding: Diagnostic) -> tuple[int, int]:
    return (finding.line or 0, finding.col or 0)
