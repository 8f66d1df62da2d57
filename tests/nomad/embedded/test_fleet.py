"""Machines that are emptied, take no work, die and come back."""

from typing import Any

import pytest

from muster.nomad.embedded.cluster import Cluster, Refused
from muster.nomad.embedded.fleet import (
    drain_node,
    follow_scripts,
    kill_node,
    revive_node,
    set_eligibility,
    stop_draining,
)
from nomad.embedded.jobs import after, allocations, cluster, job, task

SECOND = 1_000_000_000


def fleet(*names: str, **node: Any) -> Cluster:
    return cluster(nodes=[{"name": name, **node} for name in names or ("one", "two")])


def node_id(run: Cluster, name: str) -> str:
    return next(node.id for node in run.nodes if node.name == name)


def alive(run: Cluster, job_id: str = "web") -> list[str]:
    return sorted(a.node_name for a in allocations(run, job_id) if not a.terminal)


def batch(job_id: str = "work", **fields: Any) -> dict[str, Any]:
    work = job(task("work:1"), job_id=job_id, Services=None, Update=None, ReschedulePolicy=None)
    return {**work, "Type": "batch", **fields}


def messages(run: Cluster, name: str) -> list[str]:
    return [event.message for event in run.store.nodes[node_id(run, name)].events]


def test_an_ineligible_node_gets_no_new_work_and_keeps_what_it_has() -> None:
    run = fleet()
    run.register(job(count=2))
    after(run, 20)
    set_eligibility(run, node_id(run, "one"), eligible=False)
    run.register(job(count=4))
    assert alive(after(run, 40)) == ["one", "two", "two", "two"]


def test_a_node_that_takes_work_again_gets_what_waited() -> None:
    run = fleet("one")
    set_eligibility(run, node_id(run, "one"), eligible=False)
    accepted = run.register(job())
    after(run, 5)
    failed = run.store.evaluations[accepted.eval_id].failed_groups or {}
    assert failed["app"]["NodesAvailable"] == {"dc1": 0}
    set_eligibility(run, node_id(run, "one"), eligible=True)
    assert alive(after(run, 20)) == ["one"]


def test_a_drain_moves_services_so_many_at_a_time_as_the_migrate_block_says() -> None:
    run = fleet("one", "two")
    run.register(job(count=4))
    after(run, 60)
    drain_node(run, node_id(run, "one"), deadline_ns=3600 * SECOND)
    after(run, 2)
    assert sum(a.migrate_requested for a in allocations(run)) == 1
    after(run, 60)
    assert alive(run) == ["two"] * 4
    assert messages(run, "one")[-2:] == ["Node drain strategy set", "Node drain complete"]


def test_a_drained_node_stays_ineligible() -> None:
    run = fleet()
    drain_node(run, node_id(run, "one"), deadline_ns=-1)
    state = after(run, 5).store.nodes[node_id(run, "one")]
    assert (state.drain, state.eligibility, state.last_drain and state.last_drain.status) == (
        None,
        "ineligible",
        "complete",
    )


def test_a_batch_job_may_end_before_the_drain_does() -> None:
    run = cluster({"image": "work:*", "exit_code": 0, "exit_after_s": 30}, nodes=[{"name": "one"}, {"name": "two"}])
    run.register(batch())
    (allocation,) = allocations(after(run, 5), "work")
    drain_node(run, allocation.node_id, deadline_ns=3600 * SECOND)
    after(run, 10)
    assert run.store.nodes[allocation.node_id].drain is not None
    after(run, 60)
    assert [a.client_status for a in allocations(run, "work")] == ["complete"]
    assert run.store.nodes[allocation.node_id].drain is None


def test_at_its_deadline_a_drain_moves_what_is_left() -> None:
    run = cluster({"image": "work:*", "listens": []}, nodes=[{"name": "one"}, {"name": "two"}])
    run.register(batch())
    (allocation,) = allocations(after(run, 5), "work")
    drain_node(run, allocation.node_id, deadline_ns=10 * SECOND)
    after(run, 30)
    assert [a.desired_description for a in allocations(run, "work")] == ["alloc is being migrated", ""]
    assert run.store.nodes[allocation.node_id].events[-1].details == {"deadline_reached": "true"}


def system(**fields: Any) -> dict[str, Any]:
    base = job(
        task(Config={"image": "app:1"}),
        job_id="everywhere",
        Services=None,
        Networks=None,
        Update=None,
        ReschedulePolicy=None,
    )
    return {**base, "Type": "system", **fields}


@pytest.mark.parametrize(("ignoring", "left"), [(True, ["one", "two"]), (False, ["two"])])
def test_a_drain_ends_system_jobs_unless_it_leaves_them_alone(ignoring: bool, left: list[str]) -> None:
    run = fleet()
    run.register(system())
    after(run, 10)
    drain_node(run, node_id(run, "one"), deadline_ns=3600 * SECOND, ignore_system_jobs=ignoring)
    assert alive(after(run, 20), "everywhere") == left


def test_a_drain_that_was_called_off_leaves_the_rest_where_it_is() -> None:
    run = fleet()
    run.register(job(count=4))
    after(run, 60)
    drain_node(run, node_id(run, "one"), deadline_ns=3600 * SECOND)
    stop_draining(run, node_id(run, "one"), mark_eligible=True)
    after(run, 60)
    assert alive(run) == ["one", "one", "two", "two"]
    assert run.store.nodes[node_id(run, "one")].ready


def test_what_ran_on_a_dead_node_is_lost_and_replaced() -> None:
    run = fleet()
    run.register(job(count=2))
    after(run, 20)
    kill_node(run, node_id(run, "one"))
    after(run, 10)
    assert alive(run) == ["one", "two"]
    after(run, 30)
    lost = next(a for a in allocations(run) if a.client_status == "lost")
    assert (lost.node_name, lost.desired_description) == ("one", "alloc is lost since its node is down")
    assert alive(run) == ["two", "two"]
    assert messages(run, "one")[-1] == "Node heartbeat missed"


def test_a_group_may_wait_for_its_replacement() -> None:
    run = fleet()
    run.register(job(StopAfterClientDisconnect=60 * SECOND))
    (allocation,) = allocations(after(run, 20))
    kill_node(run, allocation.node_id)
    after(run, 30)
    assert [a.client_status for a in allocations(run)] == ["lost"]
    after(run, 90)
    assert len(alive(run)) == 1


def test_a_node_that_comes_back_takes_work_again() -> None:
    run = fleet("one")
    run.register(job())
    after(run, 20)
    kill_node(run, node_id(run, "one"))
    after(run, 40)
    assert alive(run) == []
    revive_node(run, node_id(run, "one"))
    assert alive(after(run, 30)) == ["one"]
    assert messages(run, "one")[-1] == "Node re-registered"


def test_a_node_that_comes_back_in_time_was_never_down() -> None:
    run = fleet()
    kill_node(run, node_id(run, "one"))
    after(run, 5)
    revive_node(run, node_id(run, "one"))
    assert after(run, 60).store.nodes[node_id(run, "one")].status == "ready"


def test_nobody_dies_twice() -> None:
    run = fleet()
    kill_node(run, node_id(run, "one"))
    with pytest.raises(Refused, match="dead already"):
        kill_node(run, node_id(run, "one"))


def test_a_described_node_dies_and_comes_back_at_its_times() -> None:
    run = cluster(nodes=[{"name": "one", "dies_at": "30s", "returns_at": 120}, {"name": "two"}])
    follow_scripts(run)
    after(run, 60)
    assert run.store.nodes[node_id(run, "one")].status == "down"
    after(run, 90)
    assert run.store.nodes[node_id(run, "one")].status == "ready"


def test_a_described_node_is_drained_at_its_time() -> None:
    run = cluster(nodes=[{"name": "one", "drains_at": 30, "drain_deadline": "1m"}, {"name": "two"}])
    follow_scripts(run)
    run.register(job(count=2))
    assert alive(after(run, 90)) == ["two", "two"]


def test_a_node_may_be_ineligible_from_the_start() -> None:
    run = cluster(nodes=[{"name": "one", "eligible": False}, {"name": "two"}])
    run.register(job(count=2))
    assert alive(after(run, 20)) == ["two", "two"]
