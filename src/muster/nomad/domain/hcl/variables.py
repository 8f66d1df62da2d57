"""`variable`, `variables` and `locals` blocks: what `var.x` and `local.x` mean in a job file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from muster.nomad.domain.hcl.bodies import LiveBlock, Shape, read_body
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.evaluate import evaluate
from muster.nomad.domain.hcl.nodes import Attribute, Block, Body
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.tokens import HclSyntaxError
from muster.nomad.domain.hcl.tree import parse_tree
from muster.nomad.domain.hcl.type_expressions import read_type
from muster.nomad.domain.hcl.values import (
    BOOL,
    NUMBER,
    STRING,
    UNKNOWN,
    ConversionError,
    Type,
    Unknown,
    Value,
    convert,
    from_json,
)

_VARIABLE = Shape(("description", "default", "type"), {"validation": ()})
_VALIDATION = Shape(("condition", "error_message"), {}, ("condition", "error_message"))
_HELP = (
    "A used variable must be set or have a default value; see "
    "https://www.nomadproject.io/docs/job-specification/hcl2/variables for details."
)


@dataclass(frozen=True)
class Declared:
    """A variable of the file and the value it has."""

    name: str
    span: Span
    type: Type | None
    value: Value
    is_set: bool
    validations: tuple[LiveBlock, ...] = ()


def read_variables(blocks: list[LiveBlock], given: Mapping[str, JsonValue], scope: Scope) -> dict[str, Declared]:
    """The declared variables with their defaults or the given values; the scope must know no names."""
    declared: dict[str, Declared] = {}
    for block in blocks:
        for variable in _declared(block, scope):
            if variable.name in declared:
                detail = f"Duplicate {variable.name} variable definition found."
                scope.findings.append(Diagnostic("Duplicate variable", detail, scope.source.filename))
            else:
                declared[variable.name] = variable
    for name, value in given.items():
        if name in declared:
            declared[name] = _assigned(declared[name], value, scope)
        else:
            _undeclared(name, scope)
    return declared


def _declared(block: LiveBlock, scope: Scope) -> list[Declared]:
    if block.type == "variable":
        return [_variable(block, scope)]
    return [
        Declared(item.name, item.name_span, None, evaluate(item.value, scope), is_set=True)
        for item in just_attributes(block.body, scope)
    ]


def just_attributes(body: Body, scope: Scope) -> list[Attribute]:
    """The attributes of a body that may hold nothing else."""
    first: Block | None = next(body.blocks, None)
    if first is not None:
        scope.report(first.type_span, f'Unexpected "{first.type}" block', "Blocks are not allowed here.")
    return list(body.attributes)


def _variable(block: LiveBlock, scope: Scope) -> Declared:
    content = read_body(block.body, _VARIABLE, scope, dynamic=False)
    label = block.labels[0]
    _check_name(label.text, label.span, scope)
    kind = content.attributes.get("type")
    wanted = read_type(kind.value, scope) if kind else None
    default = content.attributes.get("default")
    value = _default(default, wanted, scope) if default else UNKNOWN
    validations = tuple(content.of_type("validation"))
    return Declared(label.text, block.header, wanted, value, default is not None, validations)


def _check_name(name: str, span: Span, scope: Scope) -> None:
    if not name.replace("-", "_").isidentifier() or name.startswith("-"):
        detail = (
            "A name must start with a letter or underscore and may contain only letters, digits, "
            "underscores, and dashes."
        )
        scope.report(span, "Invalid variable name", detail)


def _default(default: Attribute, wanted: Type | None, scope: Scope) -> Value:
    value = evaluate(default.value, scope)
    if wanted is None:
        return value
    try:
        return convert(value, wanted)
    except ConversionError as error:
        detail = f"This default value is not compatible with the variable's type constraint: {error}."
        scope.report(default.value.span, "Invalid default value for variable", detail)
        return UNKNOWN


def _assigned(variable: Declared, given: JsonValue, scope: Scope) -> Declared:
    value = from_json(given)
    try:
        if isinstance(given, str) and variable.type not in (None, STRING, NUMBER, BOOL):
            value = _expression(given, scope)
        value = convert(value, variable.type) if variable.type else value
    except (ConversionError, HclSyntaxError) as error:
        detail = (
            f"The received arg value for {variable.name} is not compatible with the variable's type "
            f"constraint: {error}."
        )
        summary = "Invalid argument value for -var variable"
        scope.findings.append(Diagnostic(summary, detail, scope.source.filename))
    return replace(variable, value=value, is_set=True)


def _expression(text: str, scope: Scope) -> Value:
    """A list or map is given as HCL text, as on Nomad's command line."""
    tree = parse_tree(f"value = {text}\n", "<value>")
    attribute = tree.body.attribute("value")
    inner = replace(scope, source=tree.source)
    return evaluate(attribute.value, inner) if attribute else UNKNOWN


def _undeclared(name: str, scope: Scope) -> None:
    detail = (
        f'A "{name}" variable was passed in the command line but was not found in known variables. '
        f'To declare variable "{name}", place this block in your job file'
    )
    scope.findings.append(Diagnostic("Undefined -var variable", detail, scope.source.filename))


def report_unset(declared: Mapping[str, Declared], scope: Scope) -> None:
    """Reports each variable that has neither a default nor a value, as Nomad does on parsing."""
    for variable in declared.values():
        if not variable.is_set:
            summary = f'Unset variable "{variable.name}"'
            scope.findings.append(Diagnostic(summary, _HELP, scope.source.filename))


def check_validations(declared: Mapping[str, Declared], scope: Scope) -> None:
    """Runs the `validation` blocks on the values that are known."""
    for variable in declared.values():
        if variable.is_set and not isinstance(variable.value, Unknown):
            inner = scope.inside({"var": {variable.name: variable.value}})
            for block in variable.validations:
                _validate(variable, block, inner)


def _validate(variable: Declared, block: LiveBlock, scope: Scope) -> None:
    content = read_body(block.body, _VALIDATION, scope, dynamic=False)
    condition, message = content.attributes.get("condition"), content.attributes.get("error_message")
    if condition is None or message is None:
        return
    if evaluate(condition.value, scope) is False:
        where = f"{scope.source.filename}:{scope.source.place(block.header)}"
        detail = f"{evaluate(message.value, scope)}\n\nThis was checked by the validation rule at {where}."
        scope.report(variable.span, "Invalid value for default variable", detail)


def read_locals(blocks: list[LiveBlock], scope: Scope) -> dict[str, Value]:
    """The locals in whatever order they need; one that can't be evaluated is reported and UNKNOWN."""
    pending = [item for block in blocks for item in just_attributes(block.body, scope)]
    found: dict[str, Value] = {}
    while pending:
        failed: list[tuple[Attribute, list[Diagnostic]]] = []
        for item in pending:
            trial = scope.trial()
            value = evaluate(item.value, trial.inside({"local": dict(found)}))
            if trial.findings:
                failed.append((item, trial.findings))
            else:
                found[item.name] = value
        if len(failed) == len(pending):
            scope.findings.extend(finding for _, findings in failed for finding in findings)
            return {**found, **{item.name: UNKNOWN for item, _ in failed}}
        pending = [item for item, _ in failed]
    return found
