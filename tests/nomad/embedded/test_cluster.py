"""What a job lives through on the embedded cluster, from registration to its end."""

import pytest

from muster.nomad.embedded.cluster import Refused
from nomad.embedded.jobs import after, allocations, cluster, deployments, job, messages, service, task

KEY = ("default", "web")


def test_a_service_whose_check_passes_becomes_healthy() -> None:
    run = cluster()
    run.register(job(count=2))
    (deployment,) = deployments(after(run, 20))
    assert (deployment.status, deployment.groups["app"].healthy) == ("successful", 2)
    assert run.store.jobs[KEY].stable


def test_too_little_memory_ends_in_an_oom_kill_and_more_cures_it() -> None:
    run = cluster({"image": "app:*", "memory_mb": 256})
    run.register(job())
    (allocation,) = allocations(after(run, 10))
    assert allocation.client_status == "failed"
    assert 'Exit Code: 137, Exit Message: "OOM Killed"' in messages(allocation)
    run.register(job(task(Resources={"CPU": 100, "MemoryMB": 512})))
    assert [d.status for d in deployments(after(run, 30))] == ["cancelled", "successful"]


def test_a_missing_variable_is_named_in_the_log_and_ends_the_task() -> None:
    run = cluster({"image": "app:*", "requires_env": {"DATABASE_URL": "KeyError: 'DATABASE_URL'"}})
    run.register(job())
    (allocation,) = allocations(after(run, 10))
    assert allocation.client_status == "failed"
    assert run.clients.runners[allocation.id].tasks["main"].output["stderr"].startswith("KeyError: 'DATABASE_URL'\n")


def test_a_variable_that_the_job_sets_is_not_missing() -> None:
    run = cluster({"image": "app:*", "requires_env": {"DATABASE_URL": "KeyError: 'DATABASE_URL'"}})
    run.register(job(task(Env={"DATABASE_URL": "postgres://db"})))
    assert deployments(after(run, 20))[0].status == "successful"


def test_a_check_on_a_path_that_is_not_there_never_passes() -> None:
    run = cluster({"image": "app:*", "http": {"/health": 200}})
    run.register(job(Services=[service("/nope")]))
    (allocation,) = allocations(after(run, 25))
    assert allocation.client_status == "running"
    assert messages(allocation)[-1] == "Task not running for min_healthy_time of 1s by deadline"


def test_an_app_that_listens_elsewhere_does_not_answer_its_check() -> None:
    run = cluster({"image": "app:*", "listens": [5000]})
    run.register(job())
    assert deployments(after(run, 40))[0].status == "failed"


def test_an_app_that_takes_its_port_from_the_environment_answers() -> None:
    run = cluster({"image": "app:*", "listens": [{"env": "PORT", "port": 5000}]})
    run.register(job(task(Env={"PORT": "${NOMAD_PORT_http}"})))
    assert deployments(after(run, 20))[0].status == "successful"


def test_two_allocations_on_the_host_network_with_a_mapped_port_collide() -> None:
    run = cluster({"image": "app:*", "listens": [{"env": "NOMAD_PORT_http"}]}, nodes=[{"name": "only"}])
    run.register(job(task(Config={"image": "app:1", "network_mode": "host"}), count=2))
    first, second = allocations(after(run, 5))
    assert first.client_status == "running"
    assert "bind: address already in use" in run.clients.runners[second.id].tasks["main"].output["stderr"]


def test_a_volume_is_not_writable_for_another_user_until_a_task_gives_it_away() -> None:
    run = cluster({"image": "app:*", "uid": 1000, "writes": ["/data/db"]})
    volumes = {"data": {"Name": "data", "Type": "host", "Source": "data"}}
    mounts = [{"Volume": "data", "Destination": "/data"}]
    run.register(job(task(VolumeMounts=mounts), Volumes=volumes))
    (allocation,) = allocations(after(run, 10))
    assert allocation.client_status == "failed"
    chown = task(
        "busybox:1",
        Name="chown",
        Config={"image": "busybox:1", "command": "chown", "args": ["-R", "1000", "/data"]},
        Lifecycle={"Hook": "prestart"},
        VolumeMounts=mounts,
    )
    run.register(job(task(VolumeMounts=mounts), chown, Volumes=volumes))
    assert deployments(after(run, 30))[-1].status == "successful"


def test_an_update_rolls_out_one_allocation_after_the_other() -> None:
    run = cluster()
    run.register(job(count=3))
    after(run, 20)
    run.register(job(task("app:2"), count=3))
    after(run, 2)
    assert sum(a.desired_status == "stop" for a in allocations(run)) == 1
    after(run, 60)
    assert [d.status for d in deployments(run)] == ["successful", "successful"]
    assert sum(a.client_status == "running" for a in allocations(run)) == 3


def test_a_change_of_the_count_leaves_running_allocations_alone() -> None:
    run = cluster()
    run.register(job(count=1))
    (first,) = allocations(after(run, 20))
    run.register(job(count=2))
    assert [a.client_status for a in allocations(after(run, 20))] == ["running", "running"]
    run.register(job(count=1))
    after(run, 20)
    assert [a.id for a in allocations(run) if a.client_status == "running"] == [first.id]


def test_a_failed_update_with_auto_revert_goes_back_to_the_stable_version() -> None:
    run = cluster({"image": "app:2", "exit_code": 1})
    update = {**job()["TaskGroups"][0]["Update"], "AutoRevert": True}
    run.register(job(Update=update))
    after(run, 20)
    run.register(job(task("app:2"), Update=update))
    after(run, 60)
    assert run.store.jobs[KEY].version == 2
    assert run.store.jobs[KEY].definition["TaskGroups"][0]["Tasks"][0]["Config"]["image"] == "app:1"
    assert deployments(run)[1].status_description == "Failed due to progress deadline - rolling back to job version 0"


def test_a_failed_allocation_is_placed_anew_after_the_delay_of_its_policy() -> None:
    run = cluster({"image": "app:*", "exit_code": 3, "exit_after_s": 10})
    policy = {"Delay": 5_000_000_000, "DelayFunction": "constant", "Unlimited": True}
    run.register(job(ReschedulePolicy=policy, RestartPolicy={"Attempts": 0, "Mode": "fail"}))
    after(run, 30)
    first, second, *_ = allocations(run)
    assert (first.next_id, second.previous_id) == (second.id, first.id)
    assert second.reschedules[0].delay_ns == 5_000_000_000


def test_what_finds_no_room_runs_once_there_is_some() -> None:
    run = cluster(nodes=[{"name": "small", "memory_mb": 600}])
    run.register(job(task(Resources={"CPU": 100, "MemoryMB": 400}), job_id="first"))
    after(run, 20)
    accepted = run.register(job(task(Resources={"CPU": 100, "MemoryMB": 400})))
    after(run, 5)
    failed = run.store.evaluations[accepted.eval_id].failed_groups
    assert failed is not None
    assert failed["app"]["DimensionExhausted"] == {"memory": 1}
    run.deregister(("default", "first"), purge=False)
    assert deployments(after(run, 20))[0].status == "successful"


def test_a_prestart_task_that_fails_ends_its_siblings() -> None:
    run = cluster({"image": "init:*", "exit_code": 1})
    run.register(job(task(), task("init:1", Name="init", Lifecycle={"Hook": "prestart"})))
    (allocation,) = allocations(after(run, 10))
    assert messages(allocation)[1] == 'Task\'s sibling "init" failed'
    assert allocation.tasks["main"].started_ns is None


def test_a_sidecar_ends_with_the_main_task_of_a_batch_job() -> None:
    run = cluster({"image": "work:*", "exit_code": 0, "exit_after_s": 2}, {"image": "side:*", "listens": []})
    sidecar = task("side:1", Name="side", Lifecycle={"Hook": "prestart", "Sidecar": True})
    batch = job(task("work:1"), sidecar, Services=None, Update=None)
    run.register({**batch, "Type": "batch"})
    (allocation,) = allocations(after(run, 20))
    assert allocation.client_status == "complete"
    assert "Main tasks in the group died" in messages(allocation, "side")


def test_a_stale_index_is_refused() -> None:
    run = cluster()
    run.register(job())
    with pytest.raises(Refused, match="job exists with conflicting job modify index: 11"):
        run.register(job(count=2), enforce_index=7)


def test_an_unchanged_job_keeps_its_version_and_modify_index() -> None:
    run = cluster()
    first = run.register(job())
    second = run.register(job())
    assert second.job_modify_index == first.job_modify_index
    assert run.store.jobs[KEY].version == 0


def test_a_purged_job_is_gone_and_its_allocations_are_stopped() -> None:
    run = cluster()
    run.register(job())
    after(run, 10)
    run.deregister(KEY, purge=True)
    after(run, 10)
    assert KEY not in run.store.jobs
    assert {a.client_status for a in allocations(run)} == {"complete"}


def test_a_deployment_that_was_failed_by_hand_stays_failed() -> None:
    run = cluster()
    run.register(job())
    (deployment,) = deployments(after(run, 2))
    run.fail_deployment(deployment.id)
    assert deployments(after(run, 60))[0].status_description == "Deployment marked as failed"
    with pytest.raises(Refused, match="can't fail terminal deployment"):
        run.fail_deployment(deployment.id)


def test_a_plan_changes_nothing() -> None:
    run = cluster()
    planned = run.plan(job(count=2))
    assert planned.computed.wanted.counts["app"].place == 2
    assert not run.store.jobs
    assert run.agenda.next_ns() is None


def test_the_same_writes_make_the_same_cluster() -> None:
    runs = [cluster(), cluster()]
    for run in runs:
        run.register(job(count=2))
        after(run, 30)
    assert runs[0].store.allocations == runs[1].store.allocations
