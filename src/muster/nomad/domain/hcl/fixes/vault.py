"""Secrets in a vault block's `env`, as templates behind the block. Only where every value is a plain `path#key`."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.api import scope_inside
from muster.nomad.domain.hcl.fixes.edits import indent_at, removal
from muster.nomad.domain.hcl.nodes import Block
from muster.nomad.domain.hcl.positions import Edit, Span
from muster.nomad.domain.hcl.render import render_part
from muster.nomad.domain.hcl.tables_task import TEMPLATE
from muster.nomad.domain.hcl.tree import Tree
from muster.nomad.domain.hcl.vault_env import VaultEnv, vault_envs
from muster.nomad.domain.hcl.warnings.rule import JobFile


def vault_environments(tree: Tree) -> Iterator[Edit]:
    """A task's `vault { env { A = "path#key" } }` as `vault {}` and a template for each path."""
    for one in vault_envs(JobFile(tree, scope_inside(tree))):
        block = _own_block(one)
        if block is not None and one.templates and not _taken(one):
            yield from _translated(one, block, tree)


def _own_block(one: VaultEnv) -> Block | None:
    """The vault block itself, where it stands in a task and nothing makes it."""
    if one.vault.parent != "task" or any(site.made for site in (*one.vault.around, one.vault)):
        return None
    return next((block for block in one.vault.around[-1].body.blocks if block.body is one.vault.body), None)


def _taken(one: VaultEnv) -> bool:
    """Whether the task writes to one of the files already."""
    there = {template.text("destination") for template in one.vault.around[-1].of("template")}
    return any(template.destination in there for template in one.templates)


def _translated(one: VaultEnv, block: Block, tree: Tree) -> Iterator[Edit]:
    text, indent = tree.source.text, indent_at(tree.source.text, block.span.start)
    alone = len(block.body.items) == 1
    span = block.span if alone else one.item.span
    kept = "".join(f"\n{indent}{text[note.span.start : note.span.end].rstrip()}" for note in tree.comments_in(span))
    rendered = (render_part(TEMPLATE, "template", item, indent).rstrip() for item in one.templates)
    added = "".join(f"\n\n{template}" for template in rendered)
    if kept:
        added = f"\n{kept}{added.removeprefix(chr(10))}"
    if alone:
        yield Edit(block.span, f"vault {{}}{added}")
        return
    yield removal(text, one.item.span)
    yield Edit(Span(block.span.end, block.span.end), added)
