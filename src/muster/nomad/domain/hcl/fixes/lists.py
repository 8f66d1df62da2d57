"""One text where a list belongs, which HCL1 took for a list of one."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.nodes import Attribute, Block, Template
from muster.nomad.domain.hcl.positions import Edit
from muster.nomad.domain.hcl.schema import Struct, job_schema
from muster.nomad.domain.hcl.tree import Tree


def single_texts(tree: Tree) -> Iterator[Edit]:
    """`datacenters = "dc1"` as `["dc1"]`."""
    job = job_schema().structs["Job"]
    for block in tree.body.blocks:
        if block.type == "job":
            yield from _inside(block, job, tree)


def _inside(block: Block, struct: Struct, tree: Tree) -> Iterator[Edit]:
    for item in block.body.items:
        field = struct.fields.get(item.name if isinstance(item, Attribute) else item.type)
        if isinstance(item, Attribute):
            one = field is not None and field.type == "[]string" and isinstance(item.value, Template)
            if one and not (isinstance(item.value, Template) and item.value.heredoc):
                yield Edit(item.value.span, f"[{tree.source.cut(item.value.span)}]")
        elif field is not None and field.struct is not None:
            yield from _inside(item, job_schema().structs[field.struct], tree)
