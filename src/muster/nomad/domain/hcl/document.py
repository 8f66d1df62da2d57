"""Lays out blocks and arguments as `nomad fmt` does: two spaces, aligned equals signs, blank lines between blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from muster.nomad.domain.hcl.literals import quote_plain


@dataclass(frozen=True)
class Line:
    """`name = value`; a value of several lines carries its own indents."""

    name: str
    value: str
    why: str = ""


@dataclass(frozen=True)
class BlockOut:
    """`type "label" { ... }`; `above` are comment lines that belong to it."""

    type: str
    labels: tuple[str, ...]
    items: tuple["Line | BlockOut", ...]
    why: str = ""
    above: tuple[str, ...] = ()


Items = Sequence[Line | BlockOut]


def lay_out(items: Items, indent: str = "") -> str:
    """The text of items, line ends included."""
    lines = [item for item in items if isinstance(item, Line)]
    blocks = [item for item in items if isinstance(item, BlockOut)]
    parts = [_lines(lines, indent)] if lines else []
    parts += [_block(block, indent) for block in blocks]
    return "\n".join(parts)


def _block(block: BlockOut, indent: str) -> str:
    above = "".join(f"{indent}# {line}".rstrip() + "\n" for line in block.above)
    head = " ".join([block.type, *map(quote_plain, block.labels)])
    why = f" # {block.why}" if block.why else ""
    if not block.items and not why:
        return f"{above}{indent}{head} {{}}\n"
    return f"{above}{indent}{head} {{{why}\n{lay_out(block.items, indent + '  ')}{indent}}}\n"


def _lines(lines: Sequence[Line], indent: str) -> str:
    return "".join(_chain(chain, indent) for chain in _chains(lines))


def _chains(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines whose equals signs align: a value of several lines ends a chain, a comment above one begins it."""
    chains: list[list[Line]] = [[]]
    for line in lines:
        several = "\n" in line.value
        if several and line.why and chains[-1]:
            chains.append([])
        chains[-1].append(line)
        if several:
            chains.append([])
    return [chain for chain in chains if chain]


def _chain(chain: Sequence[Line], indent: str) -> str:
    width = max(len(line.name) for line in chain)
    texts = [f"{indent}{line.name.ljust(width)} = {line.value}" for line in chain]
    return "".join(_commented(line, text, texts, chain, indent) for line, text in zip(chain, texts, strict=True))


def _commented(line: Line, text: str, texts: Sequence[str], chain: Sequence[Line], indent: str) -> str:
    if not line.why:
        return f"{text}\n"
    if "\n" in line.value:
        return f"{indent}# {line.why}\n{text}\n"
    width = max(len(texts[index]) for index in _neighbours(chain, line))
    return f"{text.ljust(width)} # {line.why}\n"


def _neighbours(chain: Sequence[Line], line: Line) -> list[int]:
    """The lines with comments directly around this one, itself included: their comments align."""
    run: list[int] = []
    for index, other in enumerate(chain):
        if other.why and "\n" not in other.value:
            run.append(index)
        elif line in [chain[known] for known in run]:
            break
        else:
            run = []
    return run
