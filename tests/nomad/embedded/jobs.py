"""Small jobs for the embedded cluster's tests, and a cluster to run them on."""

from typing import Any

from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records, read_behaviours
from muster.nomad.embedded.cluster import Cluster
from muster.nomad.embedded.scheduler.nodes import load_nodes, read_nodes
from muster.nomad.embedded.state.values import SECOND, Allocation, Deployment

Json = dict[str, Any]
START_NS = 1_795_226_000 * SECOND


def cluster(*images: Json, nodes: list[Json] | None = None) -> Cluster:
    """A cluster whose images behave as told, on the packaged nodes or others."""
    records = [*images, *behaviour_records(DEFAULT_IMAGES)]
    machines = read_nodes(nodes) if nodes else load_nodes()
    return Cluster(machines, read_behaviours(records), START_NS, "test")


def task(image: str = "app:1", **fields: Any) -> Json:
    """A docker task on the host's network that learns its port from PORT."""
    base: Json = {
        "Name": "main",
        "Driver": "docker",
        "Config": {"image": image, "ports": ["http"]},
        "Resources": {"CPU": 100, "MemoryMB": 128},
    }
    return {**base, **fields}


def job(*tasks: Json, job_id: str = "web", count: int = 1, **group: Any) -> Json:
    """A service with one port and one HTTP check on it, quick to judge."""
    base: Json = {
        "Name": "app",
        "Count": count,
        "Tasks": list(tasks) or [task()],
        "Networks": [{"DynamicPorts": [{"Label": "http", "To": 8080}]}],
        "Services": [service()],
        "Update": {
            "MaxParallel": 1,
            "HealthCheck": "checks",
            "MinHealthyTime": 1 * SECOND,
            "HealthyDeadline": 20 * SECOND,
            "ProgressDeadline": 30 * SECOND,
        },
        "RestartPolicy": {"Attempts": 1, "Interval": 60 * SECOND, "Delay": SECOND, "Mode": "fail"},
        "ReschedulePolicy": {"Attempts": 0, "Unlimited": False},
    }
    return {"ID": job_id, "Name": job_id, "Type": "service", "Datacenters": ["dc1"], "TaskGroups": [{**base, **group}]}


def service(path: str = "/", **fields: Any) -> Json:
    """A service on the port, checked by HTTP every two seconds."""
    check = {"Type": "http", "Path": path, "Interval": 2 * SECOND, "Timeout": SECOND, "Name": "alive"}
    return {"Name": "web", "PortLabel": "http", "Checks": [check], **fields}


def after(run: Cluster, seconds: float) -> Cluster:
    """The cluster some seconds later."""
    run.agenda.advance_to(run.agenda.now_ns + int(seconds * SECOND))
    return run


def deployments(run: Cluster, job_id: str = "web") -> list[Deployment]:
    return run.store.job_deployments(("default", job_id))


def allocations(run: Cluster, job_id: str = "web") -> list[Allocation]:
    return run.store.job_allocations(("default", job_id))


def messages(allocation: Allocation, name: str = "main") -> list[str]:
    return [event.message for event in allocation.tasks[name].events]
