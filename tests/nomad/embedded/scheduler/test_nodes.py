from pathlib import Path

import pytest

from muster.core.errors import UsageError
from muster.nomad.embedded.scheduler.nodes import load_nodes, read_nodes


def test_the_packaged_nodes_run_docker_in_one_datacenter() -> None:
    nodes = load_nodes()
    assert len(nodes) == 3
    assert all("docker" in node.drivers and node.datacenter == "dc1" for node in nodes)


def test_nodes_that_differ_only_in_what_is_unique_are_of_one_class() -> None:
    first, second, other = read_nodes([{"name": "a"}, {"name": "b"}, {"name": "c", "class": "gpu"}])
    assert first.computed_class == second.computed_class != other.computed_class
    assert first.id != second.id


@pytest.mark.parametrize("text", ["nodes", "{}", "nodes: [", "[]"])
def test_a_file_that_lists_no_nodes_is_refused_with_advice(text: str, tmp_path: Path) -> None:
    path = tmp_path / "nodes.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match="It is YAML"):
        load_nodes(path)


def test_every_node_has_consul_because_the_cluster_evaluates_its_checks() -> None:
    assert {node.attributes["consul.version"] for node in load_nodes()} == {"1.10.0"}
    (other,) = read_nodes([{"name": "n", "attributes": {"consul.version": "1.10.11"}}])
    assert other.attributes["consul.version"] == "1.10.11"
