"""Which node is best: packing, spreading, affinities, siblings."""

from collections import Counter
from typing import Any

import pytest

from muster.nomad.embedded.cluster import Cluster
from nomad.embedded.jobs import after, allocations, cluster, job, task

RACKS = [
    {"name": "a1", "meta": {"rack": "a"}},
    {"name": "a2", "meta": {"rack": "a"}},
    {"name": "b1", "meta": {"rack": "b"}},
]


def where(run: Cluster, job_id: str = "web") -> Counter[str]:
    return Counter(a.node_name for a in allocations(run, job_id) if not a.terminal)


def spread(run: Cluster) -> Counter[str]:
    racks = {node.name: node.meta["rack"] for node in run.nodes}
    return Counter(racks[a.node_name] for a in allocations(run) if not a.terminal)


def settings(run: Cluster, **fields: Any) -> None:
    run.put_object("scheduler_config", "scheduler", fields)


def big(job_id: str, **fields: Any) -> dict[str, Any]:
    return job(task(Resources={"CPU": 2000, "MemoryMB": 4000}), job_id=job_id, **fields)


def test_jobs_are_packed_onto_few_nodes() -> None:
    run = cluster()
    for name in ("first", "second", "third"):
        run.register(big(name))
        after(run, 5)
    assert len({a.node_name for a in run.store.allocations.values()}) == 1


def test_the_algorithm_spread_takes_the_emptiest_node() -> None:
    run = cluster()
    settings(run, SchedulerAlgorithm="spread")
    for name in ("first", "second", "third"):
        run.register(big(name))
        after(run, 5)
    assert len({a.node_name for a in run.store.allocations.values()}) == 3


def test_packing_is_scored_as_nomad_does() -> None:
    run = cluster(nodes=[{"name": "one", "cpu_mhz": 4498, "memory_mb": 24105}])
    run.register(job(task(Resources={"CPU": 30, "MemoryMB": 32}), Networks=None, Services=None))
    (allocation,) = allocations(after(run, 1))
    ((_, score, parts),) = allocation.placement.scores
    free_cpu, free_memory = 1 - 30 / 4498, 1 - 32 / 24105
    assert score == pytest.approx((20 - 10**free_cpu - 10**free_memory) / 18)
    assert parts["binpack"] == score


def test_at_most_five_scores_are_kept_best_first() -> None:
    run = cluster(nodes=[{"name": f"n{number}", "cpu_mhz": 4000 + 1000 * number} for number in range(7)])
    run.register(job())
    (allocation,) = allocations(after(run, 1))
    scores = [score for _, score, _ in allocation.placement.scores]
    assert (len(scores), allocation.placement.nodes_evaluated) == (5, 7)
    assert scores == sorted(scores, reverse=True)


def test_an_affinity_draws_to_its_nodes() -> None:
    run = cluster(nodes=RACKS)
    run.register(
        job(Affinities=[{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "b", "Weight": 100}]),
    )
    assert where(after(run, 1)) == {"b1": 1}


def test_a_negative_affinity_keeps_away() -> None:
    run = cluster(nodes=RACKS)
    run.register(
        job(Affinities=[{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "a", "Weight": -100}]),
    )
    assert where(after(run, 1)) == {"b1": 1}


def test_an_even_spread_divides_over_the_values() -> None:
    run = cluster(nodes=RACKS)
    run.register(job(count=4, Spreads=[{"Attribute": "${meta.rack}", "Weight": 100}]))
    assert spread(after(run, 1)) == {"a": 2, "b": 2}


def test_a_spread_with_targets_follows_its_percentages() -> None:
    run = cluster(nodes=RACKS)
    targets = [{"Value": "a", "Percent": 25}, {"Value": "b", "Percent": 75}]
    run.register(job(count=4, Spreads=[{"Attribute": "${meta.rack}", "Weight": 100, "SpreadTarget": targets}]))
    assert spread(after(run, 1)) == {"a": 1, "b": 3}


def test_a_spread_over_what_no_node_has_harms_nothing() -> None:
    run = cluster(nodes=RACKS)
    run.register(job(count=2, Spreads=[{"Attribute": "${meta.zone}", "Weight": 100}]))
    assert sum(where(after(run, 1)).values()) == 2


def test_a_failed_allocation_goes_elsewhere() -> None:
    run = cluster({"image": "app:*", "exit_code": 1}, nodes=RACKS)
    policy = {"Delay": 5_000_000_000, "DelayFunction": "constant", "Unlimited": True}
    run.register(job(Update=None, ReschedulePolicy=policy, RestartPolicy={"Attempts": 0, "Mode": "fail"}))
    first, second, third, *_ = allocations(after(run, 60))
    assert len({first.node_name, second.node_name, third.node_name}) == 3


def test_distinct_hosts_of_a_job_count_all_its_groups() -> None:
    run = cluster(nodes=RACKS[:1])
    both = job()
    other = {**both["TaskGroups"][0], "Name": "other", "Services": None, "Networks": None}
    other["Tasks"] = [task(Config={"image": "app:1"})]
    both["TaskGroups"].append(other)
    accepted = run.register({**both, "Constraints": [{"Operand": "distinct_hosts", "RTarget": "true"}]})
    after(run, 1)
    failed = run.store.evaluations[accepted.eval_id].failed_groups or {}
    assert failed["other"]["ConstraintFiltered"] == {"distinct_hosts": 1}


def test_distinct_hosts_of_a_group_count_that_group_alone() -> None:
    run = cluster(nodes=RACKS[:2])
    run.register(job(count=2, Constraints=[{"Operand": "distinct_hosts", "RTarget": "true"}]))
    assert where(after(run, 1)) == {"a1": 1, "a2": 1}


def test_a_distinct_property_is_used_so_often_and_no_more() -> None:
    run = cluster(nodes=RACKS)
    rule = {"LTarget": "${meta.rack}", "Operand": "distinct_property", "RTarget": "1"}
    accepted = run.register(job(count=3, Constraints=[rule]))
    after(run, 1)
    assert spread(run) == {"a": 1, "b": 1}
    failed = run.store.evaluations[accepted.eval_id].failed_groups or {}
    assert failed["app"]["ConstraintFiltered"] == {
        "distinct_property: ${meta.rack}=a used by 1 allocs": 2,
        "distinct_property: ${meta.rack}=b used by 1 allocs": 1,
    }


def test_a_distinct_property_that_a_node_lacks_is_named() -> None:
    run = cluster(nodes=RACKS[:1])
    rule = {"LTarget": "${meta.zone}", "Operand": "distinct_property", "RTarget": ""}
    accepted = run.register(job(Constraints=[rule]))
    after(run, 1)
    failed = run.store.evaluations[accepted.eval_id].failed_groups or {}
    assert failed["app"]["ConstraintFiltered"] == {'missing property "${meta.zone}"': 1}


def test_a_sticky_disk_keeps_its_node() -> None:
    run = cluster()
    sticky = {"Sticky": True, "SizeMB": 300}
    run.register(job(EphemeralDisk=sticky))
    (first,) = allocations(after(run, 20))
    run.register(job(task("app:2"), EphemeralDisk=sticky))
    after(run, 20)
    assert {a.node_name for a in allocations(run)} == {first.node_name}


def test_a_constraint_on_one_node_escapes_the_classes() -> None:
    run = cluster()
    constraint = {"LTarget": "${node.unique.name}", "Operand": "=", "RTarget": "nowhere"}
    accepted = run.register(job(Constraints=[constraint]))
    after(run, 1)
    blocked = run.store.evaluations[run.store.evaluations[accepted.eval_id].blocked_eval]
    assert (blocked.escaped_class, blocked.class_eligibility) == (True, None)
    assert (blocked.failed_groups or {})["app"]["ConstraintFiltered"] == {"${node.unique.name} = nowhere": 3}
