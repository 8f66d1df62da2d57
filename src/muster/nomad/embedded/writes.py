"""The writes that a journal keeps: each operation's name with the method of the cluster that carries it out."""

from base64 import b64decode
from collections.abc import Callable

from muster.nomad.embedded.alloc_operations import restart_allocation, signal_allocation, stop_allocation
from muster.nomad.embedded.cluster import Accepted, Cluster
from muster.nomad.embedded.estate_writes import ESTATE_WRITES
from muster.nomad.embedded.fleet import (
    drain_node,
    evaluate_node,
    kill_node,
    revive_node,
    set_eligibility,
    stop_draining,
)
from muster.nomad.embedded.job_operations import collect_garbage, evaluate_job, mark_stable, scale_job
from muster.nomad.embedded.journal import Entry
from muster.nomad.embedded.launch_operations import dispatch_job, force_periodic
from muster.nomad.embedded.rollouts import judge_allocations, pause_deployment, promote_deployment
from muster.nomad.embedded.state.store import JobKey


def _job_key(entry: Entry) -> JobKey:
    return entry["namespace"], entry["job_id"]


WRITES: dict[str, Callable[[Cluster, Entry], Accepted]] = {
    "register": lambda cluster, e: cluster.register(e["job"], e["enforce"]),
    "deregister": lambda cluster, e: cluster.deregister(_job_key(e), purge=e["purge"]),
    "revert": lambda cluster, e: cluster.revert(_job_key(e), e["version"], e["enforce_prior"]),
    "fail_deployment": lambda cluster, e: cluster.fail_deployment(e["deployment_id"]),
    "promote_deployment": lambda cluster, e: promote_deployment(cluster, e["deployment_id"], e["groups"]),
    "pause_deployment": lambda cluster, e: pause_deployment(cluster, e["deployment_id"], paused=e["paused"]),
    "judge_allocations": lambda c, e: judge_allocations(c, e["deployment_id"], e["healthy"], e["unhealthy"]),
    "force_periodic": lambda cluster, e: force_periodic(cluster, _job_key(e)),
    "dispatch": lambda cluster, e: dispatch_job(cluster, _job_key(e), b64decode(e["payload"]), e["meta"]),
    "set_eligibility": lambda cluster, e: set_eligibility(cluster, e["node_id"], eligible=e["eligible"]),
    "drain_node": lambda cluster, e: drain_node(
        cluster, e["node_id"], deadline_ns=e["deadline_ns"], ignore_system_jobs=e["ignore_system_jobs"]
    ),
    "stop_draining": lambda cluster, e: stop_draining(cluster, e["node_id"], mark_eligible=e["mark_eligible"]),
    "evaluate_node": lambda cluster, e: evaluate_node(cluster, e["node_id"]),
    "kill_node": lambda cluster, e: kill_node(cluster, e["node_id"]),
    "revive_node": lambda cluster, e: revive_node(cluster, e["node_id"]),
    "evaluate": lambda cluster, e: evaluate_job(cluster, _job_key(e), force_reschedule=e["force_reschedule"]),
    "scale": lambda cluster, e: scale_job(cluster, _job_key(e), e["group"], e["count"], e["note"]),
    "stable": lambda cluster, e: mark_stable(cluster, _job_key(e), e["version"], stable=e["stable"]),
    "collect_garbage": lambda cluster, _: collect_garbage(cluster),
    "stop_allocation": lambda cluster, e: stop_allocation(cluster, e["id"]),
    "restart_allocation": lambda cluster, e: restart_allocation(cluster, e["id"], e["task"]),
    "signal_allocation": lambda cluster, e: signal_allocation(cluster, e["id"], e["task"], e["signal"]),
    "put": lambda cluster, e: cluster.put_object(e["table"], e["name"], e["content"]),
    "remove": lambda cluster, e: cluster.remove_object(e["table"], e["name"]),
    **ESTATE_WRITES,
}
