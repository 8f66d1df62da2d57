"""Whether a node meets a constraint: the operators of Nomad's job specification."""

import operator
import re
from collections.abc import Callable

from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.scheduler.versions import meets_version
from muster.nomad.embedded.state.specs import Constraint

Test = Callable[[str | None, str | None], bool]

PLACEMENT_OPERANDS = ("distinct_hosts", "distinct_property")


def node_value(node: Node, target: str) -> str | None:
    """What `${attr.x}`, `${meta.x}` or `${node.x}` is on a node; other text is itself, unknown names are None."""
    if not target.startswith("${"):
        return target
    name = target.removeprefix("${").removesuffix("}")
    if name.startswith("attr."):
        return node.attributes.get(name.removeprefix("attr."))
    if name.startswith("meta."):
        return node.meta.get(name.removeprefix("meta."))
    return _node_fact(node, name)


def _node_fact(node: Node, name: str) -> str | None:
    facts = {
        "node.unique.id": node.id,
        "node.unique.name": node.name,
        "node.datacenter": node.datacenter,
        "node.class": node.node_class,
        "node.region": "global",
    }
    return facts.get(name)


def meets(node: Node, constraint: Constraint) -> bool:
    """Whether the node alone satisfies it; what depends on other allocations is not judged here."""
    if constraint.operand in PLACEMENT_OPERANDS:
        return True
    test = OPERATORS.get(constraint.operand)
    return bool(test and test(node_value(node, constraint.ltarget), node_value(node, constraint.rtarget)))


def _both(test: Callable[[str, str], bool]) -> Test:
    return lambda left, right: left is not None and right is not None and test(left, right)


def _matches(left: str, right: str) -> bool:
    try:
        return re.search(right, left) is not None
    except re.error:
        return False


def _parts(text: str) -> set[str]:
    return {part.strip() for part in text.split(",")}


OPERATORS: dict[str, Test] = {
    "=": _both(operator.eq),
    "==": _both(operator.eq),
    "is": _both(operator.eq),
    "!=": operator.ne,
    "not": operator.ne,
    "<": _both(operator.lt),
    "<=": _both(operator.le),
    ">": _both(operator.gt),
    ">=": _both(operator.ge),
    "regexp": _both(_matches),
    "version": _both(meets_version),
    "semver": _both(meets_version),
    "set_contains": _both(lambda left, right: _parts(right) <= _parts(left)),
    "set_contains_all": _both(lambda left, right: _parts(right) <= _parts(left)),
    "set_contains_any": _both(lambda left, right: bool(_parts(right) & _parts(left))),
    "is_set": lambda left, _: left is not None,
    "is_not_set": lambda left, _: left is None,
}
