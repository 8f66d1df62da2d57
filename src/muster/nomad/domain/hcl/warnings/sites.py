"""The blocks of a job file as the warnings see them: each with what is around it and the values of its arguments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from muster.nomad.domain.hcl.durations import DurationError, parse_duration
from muster.nomad.domain.hcl.evaluate import evaluate
from muster.nomad.domain.hcl.nodes import Block, Body, Expression, Label, ObjectOf, Reference, Template, TupleOf
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.values import Value

_FILE_BLOCKS = ("variable", "variables", "locals")
_NS = 10**9


@dataclass(frozen=True)
class Pair:
    """One entry of a map, written as a block or as an attribute; the text is None where it is not known."""

    key: str
    text: str | None
    span: Span


@dataclass(frozen=True, eq=False)
class Site:
    """A block. What `dynamic` makes has one site, whatever number of blocks it becomes, and no label is known."""

    type: str
    labels: tuple[Label, ...]
    header: Span
    body: Body
    scope: Scope
    around: tuple["Site", ...] = ()
    """The blocks around it, the innermost last."""
    made: bool = False

    @property
    def label(self) -> str:
        """Its first label, or nothing."""
        return self.labels[0].text if self.labels else ""

    def within(self, kind: str) -> "Site | None":
        """The innermost block of that type around it."""
        return next((site for site in reversed(self.around) if site.type == kind), None)

    @property
    def parent(self) -> str:
        """The type of the block directly around it."""
        return self.around[-1].type if self.around else ""

    @cached_property
    def children(self) -> tuple["Site", ...]:
        """The blocks directly inside, in order."""
        return tuple(sites_of(self.body, self.scope, (*self.around, self)))

    def of(self, kind: str) -> Iterator["Site"]:
        """The blocks of that type directly inside."""
        return (site for site in self.children if site.type == kind)

    def all(self) -> Iterator["Site"]:
        """The block and all that is inside it, in order."""
        yield self
        for child in self.children:
            yield from child.all()

    def span(self, name: str) -> Span:
        """Where an argument's value stands; the header where there is none."""
        attribute = self.body.attribute(name)
        return attribute.value.span if attribute else self.header

    def span_of(self, name: str, text: str) -> Span:
        """Where a text stands in an argument's value; the whole value where it is not written so."""
        whole = self.span(name)
        start = self.scope.source.text.find(text, whole.start, whole.end)
        return Span(start, start + len(text)) if text and start >= 0 else whole

    def has(self, name: str) -> bool:
        """Whether the argument is set."""
        return self.body.attribute(name) is not None

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """The arguments with their values."""
        return {item.name: evaluate(item.value, self.scope.trial()) for item in self.body.attributes}

    def text(self, name: str) -> str:
        """A text argument; empty where it is absent, unknown or no text."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """Whether a true is written, as a word or in quotes."""
        return self.values.get(name) in (True, "true")

    def number(self, name: str) -> int | None:
        """A whole number, also in quotes; None where it is absent or unknown."""
        value = self.values.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        known = isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**9
        return int(value) if known and isinstance(value, Decimal) else None

    def seconds(self, name: str) -> float | None:
        """A duration; None where it is absent, unknown or none."""
        try:
            return parse_duration(self.text(name)) / _NS if self.text(name) else None
        except DurationError:
            return None

    def texts(self, name: str) -> tuple[Pair, ...]:
        """The texts of a list, each with its place as far as the list is written out."""
        attribute, value = self.body.attribute(name), self.values.get(name)
        if attribute is None or not isinstance(value, tuple):
            return ()
        written = attribute.value.items if isinstance(attribute.value, TupleOf) else ()
        spans = [item.span for item in written] if len(written) == len(value) else [attribute.value.span] * len(value)
        return tuple(
            Pair("", item if isinstance(item, str) else None, span) for item, span in zip(value, spans, strict=True)
        )

    def pairs(self, name: str) -> Iterator[Pair]:
        """The entries of a map such as `env`, in either form."""
        for block in self.of(name):
            yield from (_pair(item.name, item.value, block.scope) for item in block.body.attributes)
        attribute = self.body.attribute(name)
        if attribute and isinstance(attribute.value, ObjectOf):
            for key, value in attribute.value.items:
                yield _pair(_key(key), value, self.scope)


def _key(key: Expression) -> str:
    if isinstance(key, Reference):
        return key.root
    return (key.plain or "") if isinstance(key, Template) else ""


def _pair(key: str, value: Expression, scope: Scope) -> Pair:
    found = evaluate(value, scope.trial())
    return Pair(key, found if isinstance(found, str) else None, value.span)


def sites_of(body: Body, scope: Scope, around: tuple[Site, ...] = ()) -> Iterator[Site]:
    """The blocks of a body, those of the file that are no part of its job left out."""
    for block in body.blocks:
        if around or block.type not in _FILE_BLOCKS:
            yield _site(block, scope, around)


def _site(block: Block, scope: Scope, around: tuple[Site, ...]) -> Site:
    site = Site(block.type, block.labels, block.header, block.body, scope, around)
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    if block.type != "dynamic" or content is None or not block.labels:
        return site
    return replace(site, type=block.labels[0].text, labels=(), body=content.body, made=True)
