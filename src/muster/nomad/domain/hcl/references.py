"""Variables between a job file and a spec: which arguments are `var.x`, what is known about each variable."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

from pydantic import JsonValue

from muster.core.errors import SourceError
from muster.nomad.domain.hcl.nodes import Block, Body, Expression, ObjectOf, Reference, Template
from muster.nomad.domain.hcl.tree import Tree
from muster.nomad.domain.hcl.values import Value, kind_of, to_json
from muster.nomad.domain.hcl.variables import Declared
from muster.nomad.domain.spec import JobSpec, Variable
from muster.nomad.domain.values import VarRef

_STAND_INS: Mapping[str, JsonValue] = {"number": 0, "bool": False}
_TYPES = get_args(Variable.model_fields["type"].annotation)


class _Site(NamedTuple):
    """An argument that is a variable and nothing else: the image, or an entry of env."""

    group: str
    task: str
    env: str | None
    variable: str


def read_variables_of(declared: Mapping[str, Declared], tree: Tree) -> tuple[Variable, ...]:
    """The spec's variables. Raises SourceError for a type that a spec has not."""
    return tuple(_variable(item, tree) for item in declared.values())


def _variable(declared: Declared, tree: Tree) -> Variable:
    kind = _type(declared)
    if kind not in _TYPES:
        raise SourceError(f'The variable "{declared.name}" has the type {kind}; a spec knows {", ".join(_TYPES)}.')
    block = _block(declared, tree)
    description = block.body.attribute("description") if block else None
    text = description.value.plain if description and isinstance(description.value, Template) else None
    above = tree.comments_above(block.span) if block else ()
    missing = " ".join(comment.text.lstrip("#/").strip() for comment in above)
    default = to_json(declared.value) if declared.is_set else None
    return Variable.model_validate(
        {"name": declared.name, "type": kind, "default": default, "description": text or "", "missing": missing}
    )


def _block(declared: Declared, tree: Tree) -> Block | None:
    return next((block for block in tree.body.blocks if block.span.start == declared.span.start), None)


def _type(declared: Declared) -> str:
    if declared.type is None:
        return _kind(declared.value)
    element = declared.type.element
    return f"{declared.type.kind}({element})" if element else declared.type.kind


def _kind(value: Value) -> str:
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return "list(string)"
    return "string" if value is None else kind_of(value)


def stand_ins(declared: Mapping[str, Declared], tree: Tree) -> dict[str, JsonValue]:
    """Values for the variables without default, so that the file can be evaluated. Raises SourceError."""
    return {item.name: _stand_in(item, tree) for item in declared.values() if not item.is_set}


def _stand_in(declared: Declared, tree: Tree) -> JsonValue:
    text = f"${{var.{declared.name}}}"
    kind = _type(declared)
    if kind not in _STAND_INS:
        return [text] if kind.startswith("list") else text
    used = len(re.findall(rf"\bvar\.{re.escape(declared.name)}(?![\w-])", tree.source.text))
    if used > sum(site.variable == declared.name for site in _sites(tree)):
        raise SourceError(f'The variable "{declared.name}" has no default, and what it stands for can\'t be read.')
    return _STAND_INS[kind]


def put_references(spec: JobSpec, tree: Tree) -> JobSpec:
    """The spec with the variables themselves where the file names them alone."""
    for site in _sites(tree):
        task = spec.task(site.group, site.task)
        reference = VarRef(var=site.variable)
        if site.env is None:
            config = task.config.model_copy(update={"image": reference})
            changed = task.model_copy(update={"config": config})
        else:
            changed = task.model_copy(update={"env": {**task.env, site.env: reference}})
        spec = spec.with_task(site.group, changed)
    return spec


def _sites(tree: Tree) -> Iterator[_Site]:
    for job in _blocks(tree.body, "job"):
        for task in _blocks(job.body, "task"):
            yield from _task_sites(task, _label(task))
        for group in _blocks(job.body, "group"):
            for task in _blocks(group.body, "task"):
                yield from _task_sites(task, _label(group))


def _blocks(body: Body, kind: str) -> Iterator[Block]:
    return (block for block in body.blocks if block.type == kind)


def _label(block: Block) -> str:
    return block.labels[0].text


def _task_sites(task: Block, group: str) -> Iterator[_Site]:
    for config in _blocks(task.body, "config"):
        image = config.body.attribute("image")
        variable = _variable_alone(image.value) if image else None
        if variable:
            yield _Site(group, _label(task), None, variable)
    for key, value in _env(task.body):
        variable = _variable_alone(value)
        if variable:
            yield _Site(group, _label(task), key, variable)


def _env(body: Body) -> Iterator[tuple[str, Expression]]:
    for block in _blocks(body, "env"):
        yield from ((item.name, item.value) for item in block.body.attributes)
    attribute = body.attribute("env")
    if attribute and isinstance(attribute.value, ObjectOf):
        for key, value in attribute.value.items:
            name = key.root if isinstance(key, Reference) else key.plain if isinstance(key, Template) else None
            if name is not None:
                yield name, value


def _variable_alone(value: Expression) -> str | None:
    if isinstance(value, Reference) and value.root == "var" and len(value.steps) == 1:
        return str(value.steps[0].key)
    return None
