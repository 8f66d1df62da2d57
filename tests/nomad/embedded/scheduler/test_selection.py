"""Where allocations are placed, and why they are not."""

from typing import Any

from muster.nomad.embedded.scheduler.metrics import Metric
from nomad.embedded.jobs import allocations, cluster, job, task


def failure(submitted: dict[str, Any], *nodes: dict[str, Any]) -> dict[str, Any]:
    run = cluster(nodes=list(nodes) or None)
    return run.plan(submitted).computed.failed["app"]


def test_copies_of_a_group_go_to_different_nodes() -> None:
    run = cluster()
    run.register(job(count=3))
    run.agenda.advance_to(run.agenda.now_ns + 10_000_000)
    assert len({a.node_id for a in allocations(run)}) == 3


def test_a_datacenter_without_nodes_is_named() -> None:
    metric = failure({**job(), "Datacenters": ["dc9"]})
    assert (metric["NodesAvailable"], metric["NodesEvaluated"]) == ({"dc9": 0}, 0)


def test_a_pattern_of_datacenters_takes_all_that_match() -> None:
    run = cluster()
    assert not run.plan({**job(), "Datacenters": ["*"]}).computed.failed


def test_an_unmet_constraint_is_named_once_for_a_class_of_nodes() -> None:
    constraints = [{"LTarget": "${node.class}", "Operand": "=", "RTarget": "gpu"}]
    metric = failure({**job(), "Constraints": constraints})
    assert metric["ConstraintFiltered"] == {"${node.class} = gpu": 1, "computed class ineligible": 2}


def test_a_missing_host_volume_is_named_once_for_a_class_of_nodes() -> None:
    metric = failure(job(Volumes={"data": {"Name": "data", "Type": "host", "Source": "nowhere"}}))
    assert metric["ConstraintFiltered"] == {"missing compatible host volumes": 1, "computed class ineligible": 2}


def test_a_static_port_that_is_taken_is_named() -> None:
    networks = [{"ReservedPorts": [{"Label": "ssh", "Value": 22}]}]
    metric = failure(job(Networks=networks, Services=None))
    assert metric["DimensionExhausted"] == {"network: reserved port collision ssh=22": 3}


def test_an_unknown_driver_is_a_missing_one() -> None:
    assert failure(job(task(Driver="podman")))["ConstraintFiltered"]["missing drivers"] == 1


def test_distinct_hosts_leave_the_rest_unplaced() -> None:
    constraints = [{"Operand": "distinct_hosts", "LTarget": "", "RTarget": "true"}]
    metric = failure({**job(count=2), "Constraints": constraints}, {"name": "only"})
    assert metric["ConstraintFiltered"] == {"distinct_hosts": 1}


def test_what_could_not_be_placed_is_added_up() -> None:
    metric = failure(job(task(Resources={"CPU": 100, "MemoryMB": 20_000}), count=2))
    assert metric["CoalescedFailures"] == 1
    assert metric["ResourcesExhausted"]["main"]["MemoryMB"] == 40_000


def test_a_metric_without_events_says_so() -> None:
    rendered = Metric({"dc1": 0}).render()
    assert rendered["DimensionExhausted"] is rendered["ConstraintFiltered"] is rendered["ResourcesExhausted"] is None
