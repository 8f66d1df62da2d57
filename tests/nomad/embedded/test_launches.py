"""Periodic jobs are launched at their times, parameterized ones when they are dispatched."""

from datetime import UTC, datetime
from typing import Any

import pytest

from muster.nomad.embedded.cluster import Cluster, Refused
from muster.nomad.embedded.launch_operations import dispatch_job, force_periodic
from muster.nomad.embedded.wire.jobs import render_summary
from nomad.embedded.jobs import START_NS, after, allocations, cluster, job, task

SECOND = 1_000_000_000
DONE: dict[str, Any] = {"image": "work:*", "exit_code": 0, "exit_after_s": 2}
FOREVER: dict[str, Any] = {"image": "work:*", "listens": []}
KEY = ("default", "nightly")


def batch(**fields: Any) -> dict[str, Any]:
    work = task("work:1", Config={"image": "work:1"})
    plain = job(work, job_id="nightly", Services=None, Networks=None, Update=None)
    return {**plain, "Type": "batch", **fields}


def periodic(spec: str = "*/15 * * * *", **fields: Any) -> dict[str, Any]:
    return batch(Periodic={"Enabled": True, "Spec": spec, "SpecType": "cron", **fields})


def parameterized(**fields: Any) -> dict[str, Any]:
    return batch(ParameterizedJob={"Payload": "optional", "MetaRequired": ["a"], "MetaOptional": ["b"], **fields})


def children(run: Cluster) -> list[str]:
    return [name for _, name in run.store.jobs if name.startswith("nightly/")]


def launched(run: Cluster) -> list[str]:
    epochs = (int(name.rpartition("-")[2]) for name in children(run))
    return [datetime.fromtimestamp(epoch, UTC).strftime("%H:%M:%S") for epoch in epochs]


def test_a_periodic_job_is_not_placed_itself() -> None:
    run = cluster(DONE)
    accepted = run.register(periodic())
    after(run, 60)
    assert (accepted.eval_id, allocations(run, "nightly"), run.store.jobs[KEY].status) == ("", [], "running")


def test_a_periodic_job_is_launched_at_each_of_its_times() -> None:
    run = cluster(DONE)
    run.register(periodic())
    after(run, 3600)
    assert launched(run) == ["02:00:00", "02:15:00", "02:30:00", "02:45:00"]
    child = run.store.jobs[("default", children(run)[0])]
    assert (child.definition["ParentID"], child.definition["Periodic"], child.status) == ("nightly", None, "dead")


def test_a_parent_counts_its_children() -> None:
    run = cluster(DONE)
    run.register(periodic())
    after(run, 3600)
    assert render_summary(run.store, run.store.jobs[KEY])["Children"] == {"Dead": 4, "Pending": 0, "Running": 0}


def test_a_time_zone_moves_the_launch() -> None:
    run = cluster(DONE)
    run.register(periodic("0 4 * * *", TimeZone="Europe/Berlin"))
    after(run, 7200)
    assert launched(run) == ["03:00:00"]


def test_a_launch_waits_for_the_last_where_they_may_not_overlap() -> None:
    run = cluster(FOREVER)
    run.register(periodic(ProhibitOverlap=True))
    after(run, 3600)
    assert launched(run) == ["02:00:00"]


def test_launches_may_overlap_otherwise() -> None:
    run = cluster(FOREVER)
    run.register(periodic())
    assert len(launched(after(run, 3600))) == 4


def test_a_stopped_periodic_job_is_launched_no_more() -> None:
    run = cluster(DONE)
    run.register(periodic())
    after(run, 900)
    accepted = run.deregister(KEY, purge=False)
    after(run, 3600)
    assert (accepted.eval_id, launched(run), run.store.jobs[KEY].status) == ("", ["02:00:00"], "dead")


def test_a_changed_periodic_job_has_new_times() -> None:
    run = cluster(DONE)
    run.register(periodic())
    run.register(periodic("30 * * * *"))
    assert launched(after(run, 3600)) == ["02:30:00"]


def test_a_periodic_job_that_is_switched_off_is_not_launched() -> None:
    run = cluster(DONE)
    run.register(periodic(Enabled=False))
    assert launched(after(run, 3600)) == []


def test_a_launch_may_be_forced() -> None:
    run = cluster(DONE)
    run.register(periodic())
    accepted = force_periodic(run, KEY)
    after(run, 20)
    assert accepted.child_id == f"nightly/periodic-{START_NS // SECOND}"
    assert run.store.evaluations[accepted.eval_id].triggered_by == "periodic-job"
    assert [a.client_status for a in allocations(run, accepted.child_id)] == ["complete"]


def test_only_periodic_jobs_can_be_forced() -> None:
    run = cluster(DONE)
    run.register(batch())
    with pytest.raises(Refused, match="can't force launch non-periodic job"):
        force_periodic(run, KEY)


def test_a_launch_of_hours_ago_is_forgotten() -> None:
    run = cluster(DONE)
    run.register(periodic("0 * * * *"))
    after(run, 12 * 3600)
    assert len(children(run)) == 5
    assert len(run.store.evaluations) == len(run.store.allocations) == len(run.clients.runners) == 5


def test_time_ends_where_the_next_launch_lies_beyond() -> None:
    run = cluster(DONE)
    run.register(periodic("0 0 1 1 *"))
    assert launched(after(run, 3600)) == []
    assert run.agenda.now_ns == START_NS + 3600 * SECOND


def test_a_dispatched_job_runs_once_with_its_meta() -> None:
    run = cluster(DONE)
    run.register(parameterized())
    accepted = dispatch_job(run, KEY, b"", {"a": "1"})
    after(run, 20)
    child = run.store.jobs[("default", accepted.child_id)]
    assert accepted.child_id.startswith(f"nightly/dispatch-{START_NS // SECOND}-")
    assert (child.definition["Dispatched"], child.definition["Meta"], child.status) == (True, {"a": "1"}, "dead")
    assert accepted.index == accepted.job_modify_index + 1


def test_a_dispatched_job_keeps_its_payload_as_snappy() -> None:
    run = cluster(DONE)
    run.register(parameterized())
    accepted = dispatch_job(run, KEY, b"hello", {"a": "1"})
    assert run.store.jobs[("default", accepted.child_id)].definition["Payload"] == "BRBoZWxsbw=="


@pytest.mark.parametrize(
    ("wants", "payload", "meta", "words"),
    [
        ({}, b"", {}, "Dispatch did not provide required meta keys: [a]"),
        ({}, b"", {"a": "1", "c": "2"}, "Dispatch request included unpermitted metadata keys: [c]"),
        ({"Payload": "required"}, b"", {"a": "1"}, "Payload is not provided but required by parameterized job"),
        ({"Payload": "forbidden"}, b"x", {"a": "1"}, "Payload provided but forbidden by parameterized job"),
        ({}, b"x" * 16385, {"a": "1"}, "Payload exceeds maximum size; 16385 > 16384"),
    ],
)
def test_a_dispatch_that_does_not_fit_is_refused(
    wants: dict[str, Any], payload: bytes, meta: dict[str, str], words: str
) -> None:
    run = cluster(DONE)
    run.register(parameterized(**wants))
    with pytest.raises(Refused) as refused:
        dispatch_job(run, KEY, payload, meta)
    assert str(refused.value) == words


def test_a_plain_job_can_not_be_dispatched() -> None:
    run = cluster(DONE)
    run.register(batch())
    with pytest.raises(Refused, match='Specified job "nightly" is not a parameterized job'):
        dispatch_job(run, KEY, b"", {})


def test_a_stopped_job_can_not_be_dispatched() -> None:
    run = cluster(DONE)
    run.register(parameterized())
    run.deregister(KEY, purge=False)
    with pytest.raises(Refused, match='Specified job "nightly" is stopped'):
        dispatch_job(run, KEY, b"", {"a": "1"})
