"""How nodes say that they have a GPU where no device plugin says it: by their class, or by their meta."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from muster.nomad.domain.policies import Constraint

_SPEAKS = re.compile(r"(?<![a-z])(?:gpu|nvidia|cuda)s?(?![a-z])")
_DENIES = re.compile(r"(?<![a-z])(?:no|non|not|without)[-_. ]?(?:gpu|nvidia|cuda)")
_NONE = frozenset({"", "0", "false", "no", "none", "off", "n/a"})

NodeMarks = tuple[str, Mapping[str, str]]
"""A node's class and its meta."""


def gpu_marks(nodes: Iterable[NodeMarks]) -> tuple[Constraint, ...]:
    """The constraints that pick the nodes with a GPU, meta before class; empty where no node speaks of one."""
    metas: dict[str, set[str]] = defaultdict(set)
    classes: set[str] = set()
    for node_class, meta in nodes:
        classes |= {node_class} if _speaks(node_class) else set()
        for key, value in meta.items():
            if _speaks(key) and value.strip().lower() not in _NONE:
                metas[key].add(value)
    return tuple(_marks(metas, classes))


def _marks(metas: Mapping[str, set[str]], classes: set[str]) -> Iterator[Constraint]:
    for key in sorted(metas):
        yield _one_of(f"${{meta.{key}}}", metas[key])
    if classes:
        yield _one_of("${node.class}", classes)


def _one_of(attribute: str, values: set[str]) -> Constraint:
    if len(values) == 1:
        return Constraint(attribute=attribute, value=min(values))
    return Constraint(attribute=attribute, operator="regexp", value=f"^({'|'.join(map(re.escape, sorted(values)))})$")


def _speaks(word: str) -> bool:
    plain = word.lower()
    return bool(_SPEAKS.search(plain)) and not _DENIES.search(plain)
