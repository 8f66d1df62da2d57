"""A journal makes the same cluster again, whatever operators and machines did to it."""

from pathlib import Path
from typing import Any

from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records
from muster.nomad.embedded.host import Host
from nomad.embedded.jobs import START_NS, job, task

SECOND = 1_000_000_000
UPDATE: dict[str, Any] = {**job()["TaskGroups"][0]["Update"], "Canary": 1}
NODES = [{"name": "one"}, {"name": "two"}, {"name": "three", "dies_at": "3m", "returns_at": "6m"}]


def host(folder: Path) -> Host:
    images = [{"image": "work:*", "exit_code": 0, "exit_after_s": 2}, *behaviour_records(DEFAULT_IMAGES)]
    return Host(folder / "journal.jsonl", NODES, images, START_NS, "seed")


def later(run: Host, seconds: float) -> None:
    run.advance_to(run.now_ns + int(seconds * SECOND))


def batch(job_id: str, **fields: Any) -> dict[str, Any]:
    work = task("work:1", Config={"image": "work:1"})
    return {**job(work, job_id=job_id, Services=None, Networks=None, Update=None), "Type": "batch", **fields}


def lived_through(run: Host) -> None:
    """Canaries, a drain, a death, launches: one after the other."""
    cluster = run.cluster
    run.write("register", job=job(count=6), enforce=None)
    run.write("register", job=batch("nightly", Periodic={"Enabled": True, "Spec": "* * * * *"}), enforce=None)
    run.write("register", job=batch("hook", ParameterizedJob={"Payload": "optional"}), enforce=None)
    later(run, 40)
    run.write("register", job=job(task("app:2"), count=6, Update=UPDATE), enforce=None)
    later(run, 20)
    latest = cluster.store.latest_deployment(("default", "web"))
    assert latest is not None
    run.write("promote_deployment", deployment_id=latest.id, groups=[])
    run.write("dispatch", namespace="default", job_id="hook", payload="", meta={})
    run.write("force_periodic", namespace="default", job_id="nightly")
    later(run, 30)
    drained = cluster.nodes[0].id
    run.write("drain_node", node_id=drained, deadline_ns=60 * SECOND, ignore_system_jobs=False)
    later(run, 400)
    run.write("set_eligibility", node_id=drained, eligible=True)
    later(run, 30)
    run.mark()


def test_a_restart_makes_the_same_cluster(tmp_path: Path) -> None:
    first = host(tmp_path)
    lived_through(first)
    first.close()
    again = host(tmp_path)
    assert again.now_ns == first.now_ns
    before, after = first.cluster.store, again.cluster.store
    assert after.index == before.index
    assert after.jobs == before.jobs
    assert after.allocations == before.allocations
    assert after.evaluations == before.evaluations
    assert after.deployments == before.deployments
    assert after.nodes == before.nodes
    again.close()


def test_what_was_lived_through_is_worth_the_name(tmp_path: Path) -> None:
    run = host(tmp_path)
    lived_through(run)
    run.close()
    store = run.cluster.store
    assert len([key for key in store.jobs if key[1].startswith("nightly/")]) >= 8
    told = {a.desired_description for a in store.allocations.values()}
    assert {"alloc is lost since its node is down", "alloc is being migrated"} <= told
    assert {"Node heartbeat missed", "Node drain complete"} <= {
        e.message for n in store.nodes.values() for e in n.events
    }
    assert all(state.ready for state in store.nodes.values())


def test_after_a_restart_the_launches_go_on(tmp_path: Path) -> None:
    first = host(tmp_path)
    lived_through(first)
    first.close()
    again = host(tmp_path)
    known = len(again.cluster.store.jobs)
    later(again, 120)
    assert len(again.cluster.store.jobs) == known + 2
    again.close()
