"""System and sysbatch jobs: once on every node that will do."""

from typing import Any

from muster.nomad.embedded.cluster import Cluster
from muster.nomad.embedded.fleet import drain_node, kill_node, revive_node, set_eligibility
from nomad.embedded.jobs import after, allocations, cluster, job, task

SECOND = 1_000_000_000
KEY = ("default", "web")


def system(image: str = "app:1", kind: str = "system", **fields: Any) -> dict[str, Any]:
    plain = task(image, Config={"image": image})
    base = job(plain, Services=None, Networks=None, Update=None, ReschedulePolicy=None)
    return {**base, "Type": kind, **fields}


def fleet(*names: str, **node: Any) -> Cluster:
    return cluster(nodes=[{"name": name, **node} for name in names or ("one", "two", "three")])


def where(run: Cluster) -> list[str]:
    return sorted(a.node_name for a in allocations(run) if not a.terminal)


def test_every_node_gets_one() -> None:
    run = fleet()
    run.register(system())
    after(run, 5)
    assert where(run) == ["one", "three", "two"]
    assert {a.name for a in allocations(run)} == {"web.app[0]"}
    assert not run.store.deployments


def test_a_node_that_takes_work_again_gets_one_too() -> None:
    run = fleet()
    set_eligibility(run, run.nodes[0].id, eligible=False)
    run.register(system())
    assert where(after(run, 5)) == ["three", "two"]
    set_eligibility(run, run.nodes[0].id, eligible=True)
    assert where(after(run, 5)) == ["one", "three", "two"]


def test_a_node_that_came_back_gets_one_again() -> None:
    run = fleet("one")
    run.register(system())
    after(run, 5)
    kill_node(run, run.nodes[0].id)
    assert where(after(run, 60)) == []
    revive_node(run, run.nodes[0].id)
    assert where(after(run, 5)) == ["one"]


def test_a_node_in_another_datacenter_gets_none() -> None:
    run = cluster(nodes=[{"name": "one"}, {"name": "far", "datacenter": "dc2"}])
    run.register(system())
    assert where(after(run, 5)) == ["one"]


def test_a_node_that_a_constraint_filters_is_no_failure() -> None:
    run = cluster(nodes=[{"name": "one", "class": "gpu"}, {"name": "two"}])
    accepted = run.register(
        system(Constraints=[{"LTarget": "${node.class}", "Operand": "=", "RTarget": "gpu"}]),
    )
    after(run, 5)
    evaluation = run.store.evaluations[accepted.eval_id]
    assert (where(run), evaluation.failed_groups, evaluation.blocked_eval) == (["one"], None, "")


def test_a_plan_counts_only_nodes_that_will_do() -> None:
    run = cluster(nodes=[{"name": "one", "class": "gpu"}, {"name": "two"}])
    planned = run.plan(system(Constraints=[{"LTarget": "${node.class}", "Operand": "=", "RTarget": "gpu"}]))
    assert planned.computed.wanted.counts["app"].place == 1


def test_a_node_without_room_is_a_failure_that_waits() -> None:
    run = cluster(nodes=[{"name": "one"}, {"name": "small", "memory_mb": 64}])
    accepted = run.register(system())
    after(run, 5)
    evaluation = run.store.evaluations[accepted.eval_id]
    assert (evaluation.failed_groups or {})["app"]["DimensionExhausted"] == {"memory": 1}
    assert run.store.evaluations[evaluation.blocked_eval].status == "blocked"


def test_a_change_replaces_all() -> None:
    run = fleet()
    run.register(system())
    after(run, 5)
    run.register(system("app:2"))
    after(run, 30)
    assert where(run) == ["one", "three", "two"]
    assert {a.job.version for a in allocations(run) if not a.terminal} == {1}


def test_a_change_may_go_from_node_to_node() -> None:
    run = fleet()
    rolling = {"MaxParallel": 1, "Stagger": 30 * SECOND}
    run.register(system(Update=rolling))
    after(run, 5)
    run.register(system("app:2", Update=rolling))
    after(run, 10)
    assert sorted(a.job.version for a in allocations(run) if not a.terminal) == [0, 0, 1]
    after(run, 90)
    assert sorted(a.job.version for a in allocations(run) if not a.terminal) == [1, 1, 1]
    assert "rolling-update" in {e.triggered_by for e in run.store.evaluations.values()}


def test_a_stopped_system_job_leaves_all_nodes() -> None:
    run = fleet()
    run.register(system())
    after(run, 5)
    run.deregister(KEY, purge=False)
    assert where(after(run, 10)) == []


def test_a_group_without_copies_is_nowhere() -> None:
    run = fleet()
    empty = system()
    empty["TaskGroups"][0]["Count"] = 0
    run.register(empty)
    assert where(after(run, 5)) == []


def test_what_ended_of_a_sysbatch_job_is_not_run_again() -> None:
    run = cluster({"image": "app:*", "exit_code": 0, "exit_after_s": 1}, nodes=[{"name": "one"}, {"name": "two"}])
    run.register(system(kind="sysbatch"))
    after(run, 20)
    set_eligibility(run, run.nodes[0].id, eligible=False)
    set_eligibility(run, run.nodes[0].id, eligible=True)
    after(run, 20)
    assert [a.client_status for a in allocations(run)] == ["complete", "complete"]


def test_a_changed_sysbatch_job_runs_again() -> None:
    run = cluster({"image": "app:*", "exit_code": 0, "exit_after_s": 1}, nodes=[{"name": "one"}])
    run.register(system(kind="sysbatch"))
    after(run, 20)
    run.register(system("app:2", kind="sysbatch"))
    after(run, 20)
    assert [a.job.version for a in allocations(run)] == [0, 1]


def test_a_drained_node_has_no_system_job_after_its_drain() -> None:
    run = fleet("one", "two")
    run.register(system())
    after(run, 5)
    drain_node(run, run.nodes[0].id, deadline_ns=3600 * SECOND)
    assert where(after(run, 10)) == ["two"]
