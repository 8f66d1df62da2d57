"""The offline checker: any job file to findings, without a cluster."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.api import decode_file, scope_inside, unread
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.positions import Source
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.syntax import syntax_diagnostics
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import Tree, parse_tree
from muster.nomad.domain.hcl.warnings.registry import RULES, SYNTAX_RULES
from muster.nomad.domain.hcl.warnings.rule import JobFile


def check_job(text: str, *, filename: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a job file, in the order of its text; no error among them means that Nomad parses it.

    Syntax is judged by HashiCorp's parser; blocks, arguments, types, labels, variables and locals by the schema of
    Nomad's job. A variable without default is a warning, since a value can be given when the job is deployed.
    """
    syntax = syntax_diagnostics(text, filename)
    if syntax:
        return (*syntax, *_diagnosed(text, filename))
    try:
        tree = parse_tree(text, filename)
    except HclSyntaxError as error:
        return (unread(error, text, filename),)
    scope = Scope(tree.source, lenient=True)
    decode_file(tree, {}, scope)
    return tuple(sorted(dict.fromkeys((*scope.findings, *_warnings(tree))), key=_position))


def _warnings(tree: Tree) -> Iterator[Diagnostic]:
    file = JobFile(tree, scope_inside(tree))
    for rule in RULES:
        for span, detail in rule.find(file):
            place = tree.source.place(span)
            yield Diagnostic(rule.summary, detail, tree.source.filename, place, "warning", rule.code)


def _diagnosed(text: str, filename: str) -> Iterator[Diagnostic]:
    """The habits behind errors of syntax, which HashiCorp's parser can't name."""
    source = Source(text, filename)
    for rule in SYNTAX_RULES:
        for span, detail in rule.find(text):
            yield Diagnostic(rule.summary, detail, filename, source.place(span), "warning", rule.code)


def _position(finding: Diagnostic) -> tuple[int, int]:
    return (finding.line or 0, finding.col or 0)
