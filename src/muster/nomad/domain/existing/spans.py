"""Exact edits of an HCL text: values replaced, arguments and blocks added or taken out, every other byte as it was."""

from dataclasses import dataclass, field

from muster.nomad.domain.hcl.nodes import Attribute, Block, Body, Item, ObjectOf
from muster.nomad.domain.hcl.positions import Edit, Source, Span


@dataclass
class Draft:
    """A text and the edits that are gathered for it."""

    source: Source
    edits: list[Edit] = field(default_factory=list[Edit])

    @property
    def text(self) -> str:
        """The text with all edits."""
        result = self.source.text
        # from the end on; at one place what is taken out goes before what is put in, and that keeps its order
        numbered = sorted(enumerate(self._closed_up()), key=lambda one: (*one[1].span, one[0]), reverse=True)
        for _, edit in numbered:
            result = result[: edit.span.start] + self._own_line_ends(edit.text) + result[edit.span.end :]
        return result

    def _closed_up(self) -> list[Edit]:
        """The edits, without the line that an argument would leave which is taken out of a body that was unfolded."""
        taken = [edit.span for edit in self.edits if not edit.text]
        starts, ends = {span.start for span in taken}, {span.end for span in taken}
        closed: list[Edit] = []
        for edit in self.edits:
            breaks = edit.text.startswith("\n") and not edit.text.strip()
            before, behind = breaks and edit.span.end in starts, breaks and edit.span.start in ends
            closed.append(Edit(edit.span, "\n" if before else "") if before or behind else edit)
        return closed

    def replace(self, span: Span, text: str) -> None:
        """Another text in that place."""
        self.edits.append(Edit(span, text))

    def add_attribute(self, body: Body, name: str, value: str) -> None:
        """An argument behind the arguments that the body begins with, in their column where it fits."""
        leading = _leading(body)
        if self._on_one_line(body):
            self._unfold(body, f"{name} = {value}")
        elif leading:
            line = f"{self.indent_of(leading[-1].span)}{name.ljust(self._column(leading))} = {value}\n"
            self._insert(self._line_end(leading[-1].span.end), line)
        else:
            gap = "\n" if next(body.blocks, None) else ""
            self._insert(self._line_end(body.span.start), f"{self.inner_indent(body)}{name} = {value}\n{gap}")

    def add_block(self, body: Body, kind: str, text: str) -> None:
        """A block behind the last of its kind, else at the body's end; `text` is laid out for `inner_indent`."""
        alike = [block for block in body.blocks if block.type == kind]
        if self._on_one_line(body):
            self._unfold(body, text.strip("\n").lstrip(" \t"))
        elif alike:
            close = len(alike) > 1 and not self._blank_before(alike[-1])
            self._insert(self._line_end(alike[-1].span.end), text if close else f"\n{text}")
        else:
            gap = "\n" if body.items else ""
            self._insert(self._line_start(body.span.end - 1), f"{gap}{text}")

    def add_item(self, items: ObjectOf, name: str, value: str) -> None:
        """One more pair of an object."""
        if not items.items:
            self.replace(items.span, f"{{ {name} = {value} }}")
            return
        last = items.items[-1]
        end = Span(_item_span(last).end, items.span.end - 1)
        comma = "," in self.source.cut(end).partition("\n")[0].partition("#")[0]
        if "\n" not in self.source.cut(items.span):
            self._insert(_item_span(last).end, f", {name} = {value}")
        elif comma:
            self._insert(self._line_end(end.start), f"{self.indent_of(_item_span(last))}{name} = {value},\n")
        else:
            self._insert(self._line_end(end.start), f"{self.indent_of(_item_span(last))}{name} = {value}\n")

    def remove(self, span: Span) -> None:
        """The lines that hold nothing else but this and its comment; else the stretch alone."""
        start, end = self._line_start(span.start), self._line_end(span.end)
        before = self.source.text[start : span.start]
        after = self.source.text[span.end : end].strip()
        alone = not before.strip() and (not after or after.startswith(("#", "//")) or after == ",")
        self.edits.append(Edit(Span(start, end) if alone else span, ""))

    def remove_item(self, items: ObjectOf, item: Item) -> None:
        """One pair of an object less, with the comma that belongs to it."""
        span, text = _item_span(item), self.source.text
        end = span.end + len(text[span.end :]) - len(text[span.end :].lstrip(" \t"))
        with_comma = Span(span.start, end + 1) if text[end : end + 1] == "," else span
        self.remove(with_comma)

    def inner_indent(self, body: Body) -> str:
        """How the content of a body is indented: as its first item is, else two spaces more than the body."""
        if body.items and not self._on_one_line(body):
            return self.indent_of(body.items[0].span)
        return self.indent_of(Span(body.span.end - 1, body.span.end)) + "  "

    def indent_of(self, span: Span) -> str:
        """The white space that the line of a span begins with."""
        line = self.source.text[self._line_start(span.start) :].split("\n", 1)[0]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _own_line_ends(self, text: str) -> str:
        return text.replace("\n", "\r\n") if "\r\n" in self.source.text else text

    def _unfold(self, body: Body, text: str) -> None:
        """A body on one line becomes one of several; each argument that is added has its own, and none is written over
        the edits of what is there."""
        outer, items, brace = self.indent_of(body.span), body.items, body.span.end - 1
        first = items[0].span.start if items else brace
        last = Span(items[-1].span.end if items else first, brace)
        opened = Edit(Span(body.span.start + 1, first), f"\n{outer}  " if items else "\n")
        if opened not in self.edits:
            self.edits.append(opened)
            if items:
                self.edits.append(Edit(last, f"{self.source.cut(last).rstrip()}\n"))
            self.edits.append(Edit(Span(brace, brace + 1), f"{outer}}}"))
        self._insert(brace, f"{outer}  {text}\n")

    def _on_one_line(self, body: Body) -> bool:
        return "\n" not in self.source.cut(body.span)

    def _column(self, leading: list[Attribute]) -> int:
        """The width of the names before the equals signs of the lines directly above."""
        last = leading[-1]
        between = self.source.text[last.name_span.end : last.value.span.start]
        return last.name_span.end - last.name_span.start + len(between.partition("=")[0]) - 1

    def _blank_before(self, block: Block) -> bool:
        above = self.source.text[: self._line_start(block.span.start)].removesuffix("\n")
        return not above.rpartition("\n")[2].strip()

    def _insert(self, at: int, text: str) -> None:
        self.edits.append(Edit(Span(at, at), text))

    def _line_start(self, at: int) -> int:
        return self.source.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Behind the line's end."""
        found = self.source.text.find("\n", at)
        return len(self.source.text) if found < 0 else found + 1


def _leading(body: Body) -> list[Attribute]:
    found: list[Attribute] = []
    for item in body.items:
        if not isinstance(item, Attribute):
            break
        found.append(item)
    return found


def _item_span(item: Item) -> Span:
    return item.key.span.to(item.value.span)
