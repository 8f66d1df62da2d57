"""`port_map` and networks of tasks become the group's network and `ports`; `mbits` goes."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.fixes.edits import indent_at, line_start, own_lines, removal, shifted
from muster.nomad.domain.hcl.fixes.groups import OldGroup, OldTask, blocks, label, old_groups
from muster.nomad.domain.hcl.literals import list_text
from muster.nomad.domain.hcl.nodes import Block
from muster.nomad.domain.hcl.positions import Edit, Span
from muster.nomad.domain.hcl.tree import Tree


def bandwidths(tree: Tree) -> Iterator[Edit]:
    """`mbits` taken out of every network."""
    for block in _all_blocks(tree):
        attribute = block.body.attribute("mbits") if block.type == "network" else None
        if attribute:
            yield removal(tree.source.text, attribute.span)


def _all_blocks(tree: Tree) -> Iterator[Block]:
    waiting = list(tree.body.blocks)
    while waiting:
        block = waiting.pop()
        waiting += block.body.blocks
        yield block


def port_maps(tree: Tree) -> Iterator[Edit]:
    """`to` in the ports, and `ports` in the config that had the map."""
    for group in old_groups(tree):
        if group.translates:
            for task in group.tasks:
                yield from _inner_ports(group, task, tree)
                yield from _published(task, tree)


def _inner_ports(group: OldGroup, task: OldTask, tree: Tree) -> Iterator[Edit]:
    inside = task.port_map.ports if task.port_map and not task.on_host else {}
    for port in group.ports:
        if label(port) in inside and port.body.attribute("to") is None:
            yield _added(port, f"to = {inside[label(port)]}", tree)


def _published(task: OldTask, tree: Tree) -> Iterator[Edit]:
    if task.config is None or (task.port_map is None and task.network is None):
        return
    listed = task.config.body.attribute("ports") is not None or not task.publishes or not task.labels
    line = f"ports = {list_text(task.labels, '')}"
    if task.port_map is None:
        yield from () if listed else (_added(task.config, line, tree),)
        return
    comments = [comment.text for comment in tree.comments_in(task.port_map.span)]
    kept = [*comments, *([] if listed else [line])]
    if kept:
        separator = "\n" + indent_at(tree.source.text, task.port_map.span.start)
        yield Edit(task.port_map.span, separator.join(kept))
    else:
        yield removal(tree.source.text, task.port_map.span)


def _added(block: Block, line: str, tree: Tree) -> Edit:
    """A line at the end of a block."""
    text, end = tree.source.text, block.span.end - 1
    body = text[block.open_span.end : end]
    if "\n" not in body:
        inner = f" {body.strip()}" if body.strip() else ""
        outer = indent_at(text, block.span.start)
        new = f"\n{outer}  {inner.strip()}\n{outer}  {line}\n{outer}" if inner else f" {line} "
        return Edit(Span(block.open_span.end, end), new)
    start = line_start(text, end)
    return Edit(Span(start, start), f"{indent_at(text, end)}  {line}\n")


def networks(tree: Tree) -> Iterator[Edit]:
    """The first network that a task of each group has for itself, moved to the group."""
    for group in old_groups(tree):
        if group.translates:
            task = next((task for task in group.tasks if task.network), None)
            if task and task.network:
                yield from _moved(task.network, group, tree)


def _moved(network: Block, group: OldGroup, tree: Tree) -> Iterator[Edit]:
    text = tree.source.text
    above = tree.comments_above(network.span)
    span = Span(above[0].span.start, network.span.end) if above else network.span
    lines = own_lines(text, span)
    yield _taken_out(text, lines or span)
    block = text[line_start(text, span.start) : span.end] if lines else text[span.start : span.end]
    if group.networks:
        yield from _merged(network, group.networks[0], tree)
    else:
        yield _before(group.tasks[0].block, block, indent_at(text, span.start), tree)


def _taken_out(text: str, span: Span) -> Edit:
    """Without the blank line that stood before it."""
    before = line_start(text, span.start - 1) if span.start else 0
    blank = text[span.start - 1 : span.start] == "\n" and not text[before : span.start].strip()
    closes = text[span.end :].lstrip().startswith("}")
    return Edit(Span(before, span.end) if blank and closes else span, "")


def _before(task: Block, block: str, old: str, tree: Tree) -> Edit:
    text = tree.source.text
    above = tree.comments_above(task.span)
    at = above[0].span.start if above else task.span.start
    start, indent = line_start(text, at), indent_at(text, at)
    return Edit(Span(start, start), f"{shifted(block, old, indent)}\n\n")


def _merged(network: Block, into: Block, tree: Tree) -> Iterator[Edit]:
    """What is inside one network, at the end of another."""
    text, end = tree.source.text, into.span.end - 1
    inner = text[network.open_span.end : network.span.end - 1].strip("\n").rstrip()
    if not inner.strip():
        return
    first = next(iter(blocks(network.body, "port")), None)
    old = indent_at(text, first.span.start) if first else ""
    if "\n" not in text[into.open_span.end : end]:
        outer = indent_at(text, into.span.start)
        body = text[into.open_span.end : end].strip()
        kept = f"\n{outer}  {body}" if body else ""
        yield Edit(Span(into.open_span.end, end), f"{kept}\n{shifted(inner, old, outer + '  ')}\n{outer}")
        return
    start = line_start(text, end)
    yield Edit(Span(start, start), f"{shifted(inner, old, indent_at(text, end) + '  ')}\n")
