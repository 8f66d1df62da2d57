"""Nodes say in many ways that they have a GPU."""

import pytest

from muster.nomad.domain.gpu_marks import gpu_marks
from muster.nomad.domain.policies import Constraint


@pytest.mark.parametrize(
    ("node", "mark"),
    [
        (("", {"gpu": "true"}), ("${meta.gpu}", "=", "true")),
        (("", {"nvidia.model": "A100"}), ("${meta.nvidia.model}", "=", "A100")),
        (("", {"has_gpu": "1"}), ("${meta.has_gpu}", "=", "1")),
        (("", {"GPUS": "2"}), ("${meta.GPUS}", "=", "2")),
        (("gpu-large", {}), ("${node.class}", "=", "gpu-large")),
    ],
)
def test_a_class_or_a_key_of_the_meta_speaks_of_it(node, mark):
    attribute, operator, value = mark
    assert gpu_marks([("", {}), node]) == (Constraint(attribute=attribute, operator=operator, value=value),)


@pytest.mark.parametrize(
    "node", [("", {}), ("no-gpu", {}), ("compute", {"rack": "gpu"}), ("", {"gpu": "false"}), ("", {"nogpu": "1"})]
)
def test_nothing_is_read_into_what_says_otherwise(node):
    assert gpu_marks([node]) == ()


def test_nodes_that_differ_are_all_picked_and_their_values_are_no_patterns():
    (mark,) = gpu_marks([("", {"gpu": "a.1"}), ("", {"gpu": "b"}), ("", {"gpu": "none"})])
    assert (mark.operator, mark.value) == ("regexp", r"^(a\.1|b)$")


def test_meta_comes_before_class():
    marks = gpu_marks([("gpu", {"gpu": "yes"})])
    assert [one.attribute for one in marks] == ["${meta.gpu}", "${node.class}"]
