"""The writes that a journal keeps: each operation's name with the method of the cluster that carries it out."""

from collections.abc import Callable

from muster.nomad.embedded.cluster import Accepted, Cluster
from muster.nomad.embedded.journal import Entry
from muster.nomad.embedded.state.store import JobKey


def _job_key(entry: Entry) -> JobKey:
    return entry["namespace"], entry["job_id"]


WRITES: dict[str, Callable[[Cluster, Entry], Accepted]] = {
    "register": lambda cluster, e: cluster.register(e["job"], e["enforce"]),
    "deregister": lambda cluster, e: cluster.deregister(_job_key(e), purge=e["purge"]),
    "revert": lambda cluster, e: cluster.revert(_job_key(e), e["version"], e["enforce_prior"]),
    "fail_deployment": lambda cluster, e: cluster.fail_deployment(e["deployment_id"]),
    "put": lambda cluster, e: cluster.put_object(e["table"], e["name"], e["content"]),
    "remove": lambda cluster, e: cluster.remove_object(e["table"], e["name"]),
}
