"""What a node has beside cpu and memory: devices, cores, volumes, room for more memory."""

from typing import Any

import pytest

from muster.nomad.embedded.cluster import Cluster
from muster.nomad.embedded.scheduler.quantities import in_base_units
from muster.nomad.embedded.wire.allocations import render_allocation
from nomad.embedded.jobs import after, allocations, cluster, job, task

GPU = {
    "name": "nvidia/gpu/Tesla T4",
    "count": 2,
    "attributes": {"memory": "15 GiB", "driver_version": "535.1"},
}


def machine(**node: Any) -> Cluster:
    return cluster(nodes=[{"name": "one", **node}])


def wanting(count: int = 1, name: str = "nvidia/gpu", job_id: str = "web", **device: Any) -> dict[str, Any]:
    resources = {"CPU": 100, "MemoryMB": 128, "Devices": [{"Name": name, "Count": count, **device}]}
    return job(task(Resources=resources), job_id=job_id)


def failure(run: Cluster, submitted: dict[str, Any]) -> dict[str, Any]:
    accepted = run.register(submitted)
    after(run, 1)
    return dict((run.store.evaluations[accepted.eval_id].failed_groups or {})["app"])


def test_a_device_is_given_to_the_task() -> None:
    run = machine(devices=[GPU])
    run.register(wanting(2))
    (allocation,) = allocations(after(run, 1))
    (device,) = render_allocation(allocation)["AllocatedResources"]["Tasks"]["main"]["Devices"]
    assert (device["Vendor"], device["Type"], device["Name"], len(device["DeviceIDs"])) == (
        "nvidia",
        "gpu",
        "Tesla T4",
        2,
    )


@pytest.mark.parametrize("name", ["gpu", "nvidia/gpu", "nvidia/gpu/Tesla T4"])
def test_a_device_answers_to_its_names(name: str) -> None:
    run = machine(devices=[GPU])
    run.register(wanting(name=name))
    assert len(allocations(after(run, 1))) == 1


@pytest.mark.parametrize("wanted", [wanting(name="amd/gpu"), wanting(3), wanting(name="nvidia/gpu/A100")])
def test_devices_that_a_node_can_never_give_are_missing(wanted: dict[str, Any]) -> None:
    assert failure(machine(devices=[GPU]), wanted)["ConstraintFiltered"] == {"missing devices": 1}


def test_devices_that_others_use_are_exhausted() -> None:
    run = machine(devices=[GPU])
    run.register(wanting(2, job_id="first"))
    after(run, 1)
    assert failure(run, wanting())["DimensionExhausted"] == {"devices: no devices match request": 1}


@pytest.mark.parametrize(("wanted", "fits"), [("10 GiB", True), ("16 GiB", False), ("15000 MB", True)])
def test_a_device_has_to_meet_the_constraints(wanted: str, fits: bool) -> None:
    rule = {"LTarget": "${device.attr.memory}", "Operand": ">=", "RTarget": wanted}
    run = machine(devices=[GPU])
    run.register(wanting(Constraints=[rule]))
    assert bool(allocations(after(run, 1))) is fits


def test_a_device_may_be_preferred() -> None:
    other = {"name": "nvidia/gpu/A100"}
    run = machine(devices=[GPU, other])
    run.register(
        wanting(Affinities=[{"LTarget": "${device.model}", "Operand": "=", "RTarget": "A100", "Weight": 50}]),
    )
    (allocation,) = allocations(after(run, 1))
    assert allocation.granted.devices["main"][0].name == "A100"
    assert allocation.placement.scores[0][2]["devices"] == 1.0


@pytest.mark.parametrize(("text", "amount"), [("1 KiB", 1024), ("2 GB", 2e9), ("7", 7), ("many", None), (None, None)])
def test_amounts_are_compared_in_base_units(text: str | None, amount: float | None) -> None:
    assert in_base_units(text) == amount


def cores(count: int, job_id: str = "web") -> dict[str, Any]:
    return job(task(Resources={"Cores": count, "MemoryMB": 128}), job_id=job_id)


def test_whole_cores_are_reserved() -> None:
    run = machine(cores=4, cpu_mhz=8000)
    run.register(cores(2))
    (allocation,) = allocations(after(run, 1))
    given = render_allocation(allocation)["AllocatedResources"]["Tasks"]["main"]["Cpu"]
    assert given == {"CpuShares": 4000, "ReservedCores": [0, 1]}


def test_cores_run_out() -> None:
    run = machine(cores=2)
    run.register(cores(2, "first"))
    after(run, 1)
    assert failure(run, cores(1))["DimensionExhausted"] == {"cores": 1}


def volumes(*, read_only: bool) -> dict[str, Any]:
    wanted = {"Name": "data", "Type": "host", "Source": "data", "ReadOnly": read_only}
    return job(Volumes={"data": wanted})


def test_a_volume_for_reading_is_not_written() -> None:
    run = machine(host_volumes={"data": {"path": "/srv/data", "read_only": True}})
    assert failure(run, volumes(read_only=False))["ConstraintFiltered"] == {"missing compatible host volumes": 1}


def test_a_volume_for_reading_may_be_read() -> None:
    run = machine(host_volumes={"data": {"path": "/srv/data", "read_only": True}})
    run.register(volumes(read_only=True))
    assert len(allocations(after(run, 1))) == 1


def csi(job_id: str = "web", *, read_only: bool = False, **volume: Any) -> dict[str, Any]:
    wanted = {"Name": "data", "Type": "csi", "Source": "disk", "ReadOnly": read_only, **volume}
    return job(job_id=job_id, Volumes={"data": wanted})


def with_volume(mode: str = "single-node-writer", **node: Any) -> Cluster:
    run = machine(csi_plugins=["ebs"], **node)
    capabilities = [{"AccessMode": mode, "AttachmentMode": "file-system"}]
    volume = {"ID": "disk", "Namespace": "default", "PluginID": "ebs", "RequestedCapabilities": capabilities}
    run.put_object("csi_volumes", "default/disk", volume)
    return run


def test_a_registered_volume_is_mounted() -> None:
    run = with_volume()
    run.register(csi())
    assert len(allocations(after(run, 1))) == 1


def test_an_unknown_volume_is_missing() -> None:
    run = machine(csi_plugins=["ebs"])
    assert failure(run, csi())["ConstraintFiltered"] == {"missing CSI Volume disk": 1}


def test_a_node_without_the_plugin_is_named() -> None:
    run = with_volume()
    run.put_object("csi_volumes", "default/disk", {"ID": "disk", "Namespace": "default", "PluginID": "ceph"})
    reason = f"CSI plugin ceph is missing from client {run.nodes[0].id}"
    assert failure(run, csi())["ConstraintFiltered"] == {reason: 1}


def test_a_volume_has_one_writer() -> None:
    run = with_volume()
    run.register(csi("first"))
    after(run, 1)
    reason = "CSI volume disk has exhausted its available writer claims"
    assert failure(run, csi())["ConstraintFiltered"] == {reason: 1}


def test_a_freed_volume_is_given_to_who_waited() -> None:
    run = with_volume()
    run.register(csi("first"))
    after(run, 1)
    run.register(csi())
    after(run, 1)
    run.deregister(("default", "first"), purge=False)
    assert len(allocations(after(run, 10))) == 1


def test_many_may_write_where_the_volume_says_so() -> None:
    run = with_volume("multi-node-multi-writer")
    run.register(csi("first"))
    run.register(csi())
    assert len(allocations(after(run, 1))) == 1


def test_a_volume_for_readers_has_no_writer() -> None:
    run = with_volume("multi-node-reader-only")
    reason = "CSI volume disk is unschedulable or is read-only"
    assert failure(run, csi())["ConstraintFiltered"] == {reason: 1}


def test_each_allocation_may_have_a_volume_of_its_own() -> None:
    run = with_volume()
    reason = "missing CSI Volume disk[0]"
    assert failure(run, csi(PerAlloc=True))["ConstraintFiltered"] == {reason: 1}


def hungry() -> dict[str, Any]:
    return job(task(Resources={"CPU": 100, "MemoryMB": 128, "MemoryMaxMB": 512}))


def test_more_memory_counts_only_where_the_cluster_allows_it() -> None:
    run = cluster({"image": "app:*", "memory_mb": 256})
    run.register(hungry())
    (allocation,) = allocations(after(run, 10))
    assert allocation.client_status == "failed"
    assert render_allocation(allocation)["AllocatedResources"]["Tasks"]["main"]["Memory"]["MemoryMaxMB"] == 0


def test_more_memory_keeps_an_app_alive_where_the_cluster_allows_it() -> None:
    run = cluster({"image": "app:*", "memory_mb": 256})
    run.put_object("scheduler_config", "scheduler", {"MemoryOversubscriptionEnabled": True})
    run.register(hungry())
    (allocation,) = allocations(after(run, 10))
    assert allocation.client_status == "running"
    assert render_allocation(allocation)["AllocatedResources"]["Tasks"]["main"]["Memory"]["MemoryMaxMB"] == 512


def test_what_prepares_needs_no_room_beside_the_main_task() -> None:
    run = machine(memory_mb=600)
    init = task("init:1", Name="init", Lifecycle={"Hook": "prestart"}, Resources={"CPU": 100, "MemoryMB": 400})
    run.register(job(task(Resources={"CPU": 100, "MemoryMB": 400}), init))
    assert len(allocations(after(run, 1))) == 1
