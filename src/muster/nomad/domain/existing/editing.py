"""A job file with a change of its spec written into it: only the lines that the change is about differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from muster.core.errors import SourceError
from muster.nomad.domain.existing.behind import declared_at, declaring_body, depends_on, named_alone, uses
from muster.nomad.domain.existing.spans import Draft
from muster.nomad.domain.hcl.literals import is_identifier, list_text, quote, quote_plain
from muster.nomad.domain.hcl.nodes import Attribute, Block, Body, Expression, Item, ObjectOf, Reference, Template
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.render import render_part
from muster.nomad.domain.hcl.rows import Child, MapRow, Row, Table
from muster.nomad.domain.hcl.tables import JOB
from muster.nomad.domain.hcl.tables_task import TASK
from muster.nomad.domain.hcl.tree import Tree
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.values import Part, Text, VarRef

_ADVICE = "Change it in the file itself, or leave the wish out."


def edit_job(tree: Tree, before: JobSpec, after: JobSpec) -> str:
    """The text with what differs between the two specs. Raises SourceError, naming the line, for what is not written
    where it could be changed: an expression, a `dynamic` block, a block that is inherited."""
    editor = _Editor(tree)
    job = next((block for block in tree.body.blocks if block.type == "job"), None)
    if job is not None and before != after:
        editor.part(JOB, before, after, job)
    return editor.draft.text


class _Editor:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.draft = Draft(tree.source)

    def part(self, table: Table, before: Part, after: Part, block: Block) -> None:
        """Everything in which two parts differ, in the block that they are written as."""
        if table.label and getattr(before, table.label) != getattr(after, table.label):
            self._label(block, getattr(after, table.label))
        for row in table.rows:
            old, new = getattr(before, row.field), getattr(after, row.field)
            if old != new:
                self._argument(block.body, row, new)
        for entry in table.blocks:
            old, new = getattr(before, entry.field), getattr(after, entry.field)
            if old == new:
                continue
            if isinstance(entry, MapRow):
                self._map(block.body, entry, old, new)
            elif entry.many:
                self._many(block, entry, old, new)
            else:
                self._one(block, entry, old, new)

    def _label(self, block: Block, name: str) -> None:
        named = block.body.attribute("name") or block.body.attribute("id")
        if named:
            raise self._refusal(named.span, f"{named.name} names it beside its label")
        self.draft.replace(block.labels[0].span, quote_plain(name))

    def _argument(self, body: Body, row: Row, value: Any) -> None:
        found = body.attribute(row.name)
        indent = self.draft.indent_of(found.span) if found else self.draft.inner_indent(body)
        if value is None or value == ():
            if found:
                self.draft.remove(found.span)
            return
        text = f"var.{value.var}" if isinstance(value, VarRef) else row.codec.to_hcl(value, indent)
        if found:
            self._value(row.name, found.value, text)
        else:
            self.draft.add_attribute(body, row.name, text)

    def _value(self, name: str, value: Expression, text: str) -> None:
        """Another value, written where the file writes it."""
        reference, made_of = named_alone(value), depends_on(value)
        if not made_of:
            self.draft.replace(value.span, text)
        elif reference is None:
            raise self._refusal(value.span, f"{name} is made of {', '.join(made_of)}")
        else:
            self._behind(name, value, reference, text)

    def _behind(self, name: str, value: Expression, reference: Reference, text: str) -> None:
        count, shown = uses(self.tree, reference), depends_on(value)[0]
        if count > 1:
            raise self._refusal(value.span, f"{name} is {shown}, which the file uses {count} times")
        declared, body = declared_at(self.tree, reference), declaring_body(self.tree, reference)
        if declared:
            self._value(name, declared.value, text)
        elif body is not None:
            self.draft.add_attribute(body, "default", text)
        else:
            raise self._refusal(value.span, f"{name} is {shown}, which is not declared in the file")

    def _map(self, body: Body, entry: MapRow, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        found = self._map_of(body, entry)
        changed = {key: value for key, value in after.items() if before.get(key) != value}
        if found is None:
            indent = self.draft.inner_indent(body)
            lines = "".join(f"{indent}  {_key(key)} = {_entry(value)}\n" for key, value in changed.items())
            self.draft.add_block(body, entry.name, f"{indent}{entry.name} {{\n{lines}{indent}}}\n")
            return
        for key in before:
            if key not in after:
                self._remove_entry(found, key, entry)
        for key, value in changed.items():
            self._set_entry(found, key, _entry(value), entry)

    def _map_of(self, body: Body, entry: MapRow) -> Body | ObjectOf | None:
        blocks, attribute = [block for block in body.blocks if block.type == entry.name], body.attribute(entry.name)
        if attribute and not isinstance(attribute.value, ObjectOf):
            raise self._refusal(attribute.span, f"{entry.name} is an expression")
        if len(blocks) > 1:
            raise self._refusal(blocks[1].header, f"{entry.name} is written in several blocks")
        if attribute and isinstance(attribute.value, ObjectOf):
            return attribute.value
        return blocks[0].body if blocks else None

    def _set_entry(self, found: Body | ObjectOf, key: str, text: str, entry: MapRow) -> None:
        known = _entry_of(found, key)
        if known is not None:
            self._value(f"{entry.name}.{key}", known.value, text)
        elif isinstance(found, ObjectOf):
            self.draft.add_item(found, _key(key), text)
        else:
            self.draft.add_attribute(found, key, text)

    def _remove_entry(self, found: Body | ObjectOf, key: str, entry: MapRow) -> None:
        known = _entry_of(found, key)
        if known is None:
            raise self._refusal(found.span, f"{entry.name}.{key} is not written here")
        if isinstance(known, Attribute):
            self.draft.remove(known.span)
        elif isinstance(found, ObjectOf):
            self.draft.remove_item(found, known)

    def _one(self, owner: Block, entry: Child, before: Part | None, after: Part | None) -> None:
        blocks = _blocks(owner, entry)
        if len(blocks) > 1:
            raise self._refusal(blocks[1].header, f"{entry.name} is written twice")
        if after is None:
            self._remove_block(owner, entry, blocks)
        elif not blocks:
            self._refuse_elsewhere(owner, entry, before)
            self._add_part(owner.body, entry, after)
        elif before is not None:
            self.part(entry.table, before, after, blocks[0])

    def _refuse_elsewhere(self, owner: Block, entry: Child, before: Part | None) -> None:
        if before is not None and not entry.assumed:
            raise self._refusal(owner.header, f"{entry.name} is not written as a block here")

    def _many(self, owner: Block, entry: Child, before: Sequence[Part], after: Sequence[Part]) -> None:
        blocks = _blocks(owner, entry)
        if entry.table.label:
            self._by_name(owner, entry, blocks, before, after)
        elif len(blocks) != len(before):
            raise self._refusal(owner.header, f"not every {entry.name} is written as a block here")
        else:
            self._by_place(owner, entry, blocks, before, after)

    def _by_name(
        self, owner: Block, entry: Child, blocks: Sequence[Block], before: Sequence[Part], after: Sequence[Part]
    ) -> None:
        label = entry.table.label or ""
        written = {block.labels[0].text: block for block in blocks if block.labels}
        old, new = ({str(getattr(one, label)): one for one in parts} for parts in (before, after))
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) == new.get(name):
                continue
            if name in old and name not in written:
                if self._alone(owner, old[name], new.get(name)):
                    continue
                raise self._refusal(owner.header, f'{entry.name} "{name}" is not written as a block here')
            if name in old and name in new:
                self.part(entry.table, old[name], new[name], written[name])
            elif name in old:
                self.draft.remove(written[name].span)
            else:
                self._add_part(owner.body, entry, new[name])

    def _alone(self, owner: Block, old: Part, new: Part | None) -> bool:
        """A task that stands in the job by itself: Nomad makes a group of it, which has no place in the file."""
        if not (isinstance(old, GroupSpec) and isinstance(new, GroupSpec)):
            return False
        lone = [block for block in owner.body.blocks if block.type == "task" and _named(block, old.name)]
        if not lone or old.model_copy(update={"tasks": new.tasks}) != new or len(new.tasks) != 1:
            return False
        self.part(TASK, old.tasks[0], new.tasks[0], lone[0])
        return True

    def _by_place(
        self, owner: Block, entry: Child, blocks: Sequence[Block], before: Sequence[Part], after: Sequence[Part]
    ) -> None:
        if len(after) < len(before):
            for block, old in zip(blocks, before, strict=True):
                if old not in after:
                    self.draft.remove(block.span)
            return
        for block, old, new in zip(blocks, before, after[: len(before)], strict=True):
            if old != new:
                self.part(entry.table, old, new, block)
        for new in after[len(before) :]:
            self._add_part(owner.body, entry, new)

    def _remove_block(self, owner: Block, entry: Child, blocks: Sequence[Block]) -> None:
        if not blocks:
            raise self._refusal(owner.header, f"{entry.name} is not written as a block here")
        self.draft.remove(blocks[0].span)

    def _add_part(self, body: Body, entry: Child, part: Part) -> None:
        text = render_part(entry.table, entry.name, part, self.draft.inner_indent(body))
        self.draft.add_block(body, entry.name, text)

    def _refusal(self, span: Span, why: str) -> SourceError:
        place = f"{self.tree.source.filename}:{self.tree.source.place(span).line}"
        return SourceError(f"{place}: can't be changed in place: {why}", advice=_ADVICE)


def _blocks(owner: Block, entry: Child) -> list[Block]:
    return [block for block in owner.body.blocks if block.type == entry.name]


def _named(block: Block, name: str) -> bool:
    return bool(block.labels) and block.labels[0].text == name


def _entry_of(found: Body | ObjectOf, key: str) -> Attribute | Item | None:
    if isinstance(found, Body):
        return found.attribute(key)
    return next((item for item in found.items if _item_name(item.key) == key), None)


def _item_name(key: Expression) -> str | None:
    if isinstance(key, Reference) and not key.steps:
        return key.root
    return key.plain if isinstance(key, Template) else None


def _key(name: str) -> str:
    return name if is_identifier(name) else quote_plain(name)


def _entry(value: Text | tuple[str, ...]) -> str:
    match value:
        case VarRef():
            return f"var.{value.var}"
        case str():
            return quote(value)
        case _:
            return list_text(value, "")
