import pytest

from muster.nomad.embedded.scheduler.constraints import meets
from muster.nomad.embedded.scheduler.nodes import read_nodes
from muster.nomad.embedded.state.specs import Constraint

(NODE,) = read_nodes([{"name": "one", "class": "gpu", "meta": {"rack": "r1", "tags": "a, b"}}])


@pytest.mark.parametrize(
    ("left", "operand", "right", "met"),
    [
        ("${node.class}", "=", "gpu", True),
        ("${node.datacenter}", "!=", "dc1", False),
        ("${node.unique.name}", "is", "one", True),
        ("${attr.kernel.name}", "=", "linux", True),
        ("${attr.nothing}", "=", "linux", False),
        ("${attr.nothing}", "!=", "linux", True),
        ("${attr.nothing}", "is_set", "", False),
        ("${meta.rack}", "is_set", "", True),
        ("${meta.other}", "is_not_set", "", True),
        ("${meta.rack}", "regexp", "^r[0-9]$", True),
        ("${meta.rack}", "regexp", "(", False),
        ("${attr.nomad.version}", "version", ">= 1.0, < 2", True),
        ("${attr.nomad.version}", "semver", ">= 2.0.0", False),
        ("${attr.nomad.version}", "version", "~> 1.1", True),
        ("${attr.nomad.version}", "version", "not a version", False),
        ("${meta.rack}", "version", ">= 1", False),
        ("${meta.tags}", "set_contains", "a,b", True),
        ("${meta.tags}", "set_contains_any", "b,c", True),
        ("${meta.tags}", "set_contains_all", "b,c", False),
        ("b", ">", "a", True),
        ("", "distinct_hosts", "true", True),
        ("a", "no such operand", "a", False),
    ],
)
def test_a_node_meets_a_constraint_as_nomad_says(left: str, operand: str, right: str, met: bool) -> None:
    assert meets(NODE, Constraint(left, operand, right)) is met
