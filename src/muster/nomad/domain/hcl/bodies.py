"""The content of a block as Nomad sees it: `dynamic` blocks expanded, labels and names checked against a shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from muster.nomad.domain.hcl.evaluate import evaluate
from muster.nomad.domain.hcl.nodes import Attribute, Block, Body, Expression, Label, Reference, TupleOf
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.suggestions import suggest
from muster.nomad.domain.hcl.values import STRING, ConversionError, Unknown, Value, convert, kind_of


@dataclass(frozen=True)
class Shape:
    """What a body may hold: attribute names, and blocks with the names of their labels."""

    attributes: Sequence[str] = ()
    blocks: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    required: Sequence[str] = ()


@dataclass(frozen=True)
class LiveBlock:
    """A block, written or made by a `dynamic` block, with the names in reach inside it."""

    type: str
    labels: tuple[Label, ...]
    header: Span
    body: Body
    scope: Scope


@dataclass(frozen=True)
class Content:
    """A body that was checked."""

    attributes: Mapping[str, Attribute]
    blocks: tuple[LiveBlock, ...]

    def of_type(self, name: str) -> list[LiveBlock]:
        """The blocks of that type."""
        return [block for block in self.blocks if block.type == name]


def read_body(body: Body, shape: Shape, scope: Scope, *, dynamic: bool = True) -> Content:
    """The attributes and blocks that the shape knows; everything else is reported."""
    _missing(body, shape, scope)
    _unknown_attributes(body, shape, scope)
    blocks: list[LiveBlock] = []
    for block in body.blocks:
        if block.type == "dynamic" and dynamic:
            blocks.extend(_expanded(block, shape, scope))
        elif block.type not in shape.blocks:
            _unknown_block(block, shape, scope)
        elif _labels_fit(block, shape.blocks[block.type], scope):
            blocks.append(LiveBlock(block.type, block.labels, block.header, block.body, scope))
    attributes = {item.name: item for item in body.attributes if item.name in shape.attributes}
    return Content(attributes, tuple(blocks))


def _missing(body: Body, shape: Shape, scope: Scope) -> None:
    present = {item.name for item in body.attributes}
    start = Span(body.span.start, body.span.start)
    for name in shape.required:
        if name not in present:
            detail = f'The argument "{name}" is required, but no definition was found.'
            scope.report(start, "Missing required argument", detail)


def _unknown_attributes(body: Body, shape: Shape, scope: Scope) -> None:
    present = {item.name for item in body.attributes}
    for item in body.attributes:
        if item.name in shape.attributes:
            continue
        hint = suggest(item.name, (name for name in shape.attributes if name not in present))
        if not hint and item.name in shape.blocks:
            hint = f' Did you mean to define a block of type "{item.name}"?'
        detail = f'An argument named "{item.name}" is not expected here.{hint}'
        scope.report(item.name_span, "Unsupported argument", detail)


def _unknown_block(block: Block, shape: Shape, scope: Scope) -> None:
    hint = suggest(block.type, shape.blocks)
    if not hint and block.type in shape.attributes:
        argument = f'define argument "{block.type}"? If so, use the equals sign to assign it a value.'
        hint = f" Did you mean to {argument}"
    detail = f'Blocks of type "{block.type}" are not expected here.{hint}'
    scope.report(block.type_span, "Unsupported block type", detail)


def _labels_fit(block: Block, names: tuple[str, ...], scope: Scope) -> bool:
    if len(block.labels) > len(names):
        plural = f"Only {len(names)} labels ({', '.join(names)}) are expected for {block.type} blocks."
        detail = plural if names else f"No labels are expected for {block.type} blocks."
        scope.report(block.labels[len(names)].span, f"Extraneous label for {block.type}", detail)
    elif len(block.labels) < len(names):
        detail = f"All {block.type} blocks must have {len(names)} labels ({', '.join(names)})."
        scope.report(block.open_span, f"Missing {names[len(block.labels)]} for {block.type}", detail)
    return len(block.labels) == len(names)


_DYNAMIC = Shape(("for_each", "iterator", "labels"), {"content": ()}, ("for_each",))


def _expanded(block: Block, shape: Shape, scope: Scope) -> list[LiveBlock]:
    if not _labels_fit(block, ("type",), scope):
        return []
    kind = block.labels[0]
    if kind.text not in shape.blocks:
        detail = f'Blocks of type "{kind.text}" are not expected here.'
        scope.report(kind.span, "Unsupported block type", detail)
        return []
    content = read_body(block.body, _DYNAMIC, scope, dynamic=False)
    bodies = content.of_type("content")
    if "for_each" not in content.attributes or not _one_content(block, bodies, scope):
        return []
    items = _items(content.attributes["for_each"].value, scope)
    iterator = _iterator(content, kind.text)
    scopes = [scope.inside({iterator: {"key": key, "value": value}}) for key, value in items]
    return [live for inner in scopes if (live := _made(block, bodies[0], content, shape, inner))]


def _one_content(block: Block, bodies: list[LiveBlock], scope: Scope) -> bool:
    if not bodies:
        detail = (
            'A dynamic block must have a nested block of type "content" to describe the body of each generated block.'
        )
        scope.report(Span(block.open_span.start, block.open_span.start), "Missing dynamic content block", detail)
    elif len(bodies) > 1:
        detail = "Only one nested content block is allowed for each dynamic block."
        scope.report(bodies[1].header, "Extraneous dynamic content block", detail)
    return len(bodies) == 1


def _items(expression: Expression, scope: Scope) -> list[tuple[Value, Value]]:
    value = evaluate(expression, scope)
    if isinstance(value, tuple):
        return [(Decimal(index), item) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted(value)]
    if not isinstance(value, Unknown):
        cannot = f"Cannot use a {kind_of(value)} value in for_each. An iterable collection is required."
        detail = "Cannot use a null value in for_each." if value is None else cannot
        scope.report(expression.span, "Invalid dynamic for_each value", detail)
    return []


def _iterator(content: Content, default: str) -> str:
    named = content.attributes.get("iterator")
    return named.value.root if named and isinstance(named.value, Reference) else default


def _made(block: Block, inner: LiveBlock, content: Content, shape: Shape, scope: Scope) -> LiveBlock | None:
    kind = block.labels[0].text
    wanted = shape.blocks[kind]
    given = content.attributes.get("labels")
    expressions = given.value.items if given and isinstance(given.value, TupleOf) else ()
    if len(expressions) != len(wanted):
        many = len(expressions) > len(wanted)
        summary = "Extraneous dynamic block label" if many else "Insufficient dynamic block labels"
        detail = f'Blocks of type "{kind}" require {len(wanted)} label(s).'
        scope.report(given.value.span if given else block.header, summary, detail)
        return None
    labels = [_label(expression, scope) for expression in expressions]
    kept = tuple(label for label in labels if label)
    return LiveBlock(kind, kept, block.header, inner.body, scope) if len(kept) == len(wanted) else None


def _label(expression: Expression, scope: Scope) -> Label | None:
    value = evaluate(expression, scope)
    if value is None:
        detail = "Cannot use a null value as a dynamic block label."
        scope.report(expression.span, "Invalid dynamic block label", detail)
        return None
    try:
        text = convert(value, STRING)
    except ConversionError as error:
        detail = f"Cannot use this value as a dynamic block label: {error}."
        scope.report(expression.span, "Invalid dynamic block label", detail)
        return None
    return Label(text, expression.span) if isinstance(text, str) else None


def report_duplicate(blocks: list[LiveBlock], name: str, scope: Scope, label: str = "") -> None:
    """Reports the second of blocks that may stand only once."""
    first = f"{scope.source.filename}:{scope.source.place(blocks[0].header)}"
    title = f'{name} "{label}"' if label else name
    detail = f"Only one {f'{name} {label}'.strip()} block is allowed. Another was defined at {first}."
    scope.report(blocks[1].header, f"Duplicate {title} block", detail)
