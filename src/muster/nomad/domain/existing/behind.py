"""Where the value of an argument is written: at the argument, or in the variable or local that it only names."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import cast

from muster.nomad.domain.hcl.nodes import Attribute, Block, Body, Expression, Interpolation, Reference, Template
from muster.nomad.domain.hcl.tree import Tree

_DECLARED = ("var", "local")


def references_in(node: object) -> Iterator[Reference]:
    """Every reference below a node of the tree."""
    waiting: list[object] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Reference):
            yield one
        elif isinstance(one, tuple):
            waiting.extend(cast("tuple[object, ...]", one))
        elif is_dataclass(one):
            waiting.extend(getattr(one, field.name) for field in fields(one))


def depends_on(value: Expression) -> tuple[str, ...]:
    """The variables and locals that a value is made of, as `var.name`."""
    found = (_shown(one) for one in references_in(value) if one.root in _DECLARED and one.steps)
    return tuple(dict.fromkeys(found))


def named_alone(value: Expression) -> Reference | None:
    """The variable or local that the value is and nothing else, also as `"${var.x}"`."""
    if isinstance(value, Template) and len(value.parts) == 1 and isinstance(value.parts[0], Interpolation):
        value = value.parts[0].inner
    plain = isinstance(value, Reference) and value.root in _DECLARED and len(value.steps) == 1
    return value if isinstance(value, Reference) and plain else None


def uses(tree: Tree, reference: Reference) -> int:
    """How often the file names that variable or local."""
    return sum(_shown(one) == _shown(reference) for one in references_in(tree.body) if one.steps)


def declaring_body(tree: Tree, reference: Reference) -> Body | None:
    """The `variable` block's body."""
    name = str(reference.steps[0].key)
    blocks = (block for block in tree.body.blocks if block.type == "variable" and _label(block) == name)
    return next((block.body for block in blocks), None)


def declared_at(tree: Tree, reference: Reference) -> Attribute | None:
    """The argument that gives the variable its default, or the local its value; None where there is none."""
    name = str(reference.steps[0].key)
    if reference.root == "local":
        bodies = [block.body for block in tree.body.blocks if block.type == "locals"]
    else:
        own = declaring_body(tree, reference)
        if own is not None:
            return own.attribute("default")
        bodies = [block.body for block in tree.body.blocks if block.type == "variables"]
    return next((found for body in bodies if (found := body.attribute(name))), None)


def _shown(reference: Reference) -> str:
    return f"{reference.root}.{reference.steps[0].key}"


def _label(block: Block) -> str:
    return block.labels[0].text if block.labels else ""
