"""The tree of an HCL file: bodies, blocks, attributes and expressions, each with its exact span."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from muster.nomad.domain.hcl.positions import Span


class Step(NamedTuple):
    """One step of a reference: `.name` or `["key"]` or `[0]`."""

    key: str | Decimal | bool | None
    span: Span
    is_index: bool


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, true, false or null."""

    span: Span
    value: Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Text:
    """A run of literal text in a template, escapes resolved."""

    span: Span
    value: str


@dataclass(frozen=True, slots=True)
class Interpolation:
    """`${inner}`."""

    span: Span
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class TemplateIf:
    """`%{if condition}...%{else}...%{endif}`."""

    span: Span
    condition: "Expression"
    then: tuple["Expression", ...]
    otherwise: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class TemplateFor:
    """`%{for key, value in collection}...%{endfor}`."""

    span: Span
    key: str | None
    value: str
    collection: "Expression"
    body: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A quoted string or a heredoc. `"${x}"` alone keeps the type of x."""

    span: Span
    parts: tuple["Expression", ...]
    heredoc: bool = False

    @property
    def plain(self) -> str | None:
        """The text, when nothing is interpolated."""
        if all(isinstance(part, Text) for part in self.parts):
            return "".join(part.value for part in self.parts if isinstance(part, Text))
        return None


@dataclass(frozen=True, slots=True)
class Reference:
    """`var.image`, `attr.kernel.name`, `env["HOME"]`."""

    span: Span
    root: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """Constant steps into any other expression: `f(x).name`."""

    span: Span
    source: "Expression"
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """`collection[key]` with a key that is computed."""

    span: Span
    collection: "Expression"
    key: "Expression"
    bracket: Span


@dataclass(frozen=True, slots=True)
class Element:
    """The element that a splat is at; it has no text of its own."""

    span: Span


@dataclass(frozen=True, slots=True)
class Splat:
    """`list[*].name` or the older `list.*.name`; `each` is evaluated for each element."""

    span: Span
    source: "Expression"
    each: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """`name(args...)`."""

    span: Span
    name: str
    head: Span
    args: tuple["Expression", ...]
    expand: bool = False


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    span: Span
    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands."""

    span: Span
    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `!x`."""

    span: Span
    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Parenthesis:
    """`(inner)`."""

    span: Span
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class TupleOf:
    """`[a, b]`."""

    span: Span
    items: tuple["Expression", ...]


class Item(NamedTuple):
    """One pair of an object; a bare name as key is that text, not a reference."""

    key: "Expression"
    value: "Expression"


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """`{ a = 1, b = 2 }`."""

    span: Span
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class For:
    """`[for k, v in c : x if y]`, or with braces `{for ... : k => v...}`."""

    span: Span
    key: str | None
    value: str
    collection: "Expression"
    key_result: "Expression | None"
    result: "Expression"
    condition: "Expression | None"
    group: bool


Expression = (
    Literal
    | Text
    | Interpolation
    | TemplateIf
    | TemplateFor
    | Template
    | Reference
    | Access
    | Index
    | Element
    | Splat
    | Call
    | Conditional
    | Binary
    | Unary
    | Parenthesis
    | TupleOf
    | ObjectOf
    | For
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = value`."""

    name: str
    name_span: Span
    value: Expression
    span: Span


class Label(NamedTuple):
    """A block's label and where it stands, quotes included."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between braces, or a whole file, in the order of the text."""

    span: Span
    items: tuple["Attribute | Block", ...]

    @property
    def attributes(self) -> Iterator[Attribute]:
        """The attributes, in order."""
        return (item for item in self.items if isinstance(item, Attribute))

    @property
    def blocks(self) -> Iterator["Block"]:
        """The blocks, in order."""
        return (item for item in self.items if isinstance(item, Block))

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name."""
        return next((item for item in self.attributes if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Block:
    """`type "label" { ... }`."""

    type: str
    type_span: Span
    labels: tuple[Label, ...]
    open_span: Span
    body: Body
    span: Span

    @property
    def header(self) -> Span:
        """From the type to the last label."""
        return self.type_span.to(self.labels[-1].span) if self.labels else self.type_span
