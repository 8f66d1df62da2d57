"""Finds the line of a job file that something of its spec stands on."""

from muster.nomad.domain.existing.job_file import JobFile
from muster.nomad.domain.hcl.nodes import Attribute, Block, Body


def line_of(job: JobFile, *names: str) -> int | None:
    """The line of the deepest of these names that is found: block types, each followed by its label if it has one."""
    if job.tree is None:
        return None
    block = next((block for block in job.tree.body.blocks if block.type == "job"), None)
    found: Attribute | Block | None = block
    rest = list(names)
    while rest and isinstance(found, Block):
        inner = _step(found.body, rest)
        if inner is None:
            break
        found = inner
    return job.tree.source.place(found.span).line if found else None


def _step(body: Body, rest: list[str]) -> Attribute | Block | None:
    """The item of the next name, which is taken off, with its label."""
    name = rest.pop(0)
    if attribute := body.attribute(name):
        return attribute
    for block in body.blocks:
        if block.type != name:
            continue
        if not block.labels:
            return block
        if rest and block.labels[0].text == rest[0]:
            rest.pop(0)
            return block
    return None
