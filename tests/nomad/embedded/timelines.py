"""Recorded timelines and the embedded cluster's own: the same job on the same node, told entry by entry."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from muster.nomad.domain.hcl.api import parse_job
from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records, read_behaviours
from muster.nomad.embedded.cluster import Cluster
from muster.nomad.embedded.rollouts import promote_deployment
from muster.nomad.embedded.scheduler.nodes import node_records, read_nodes
from muster.nomad.embedded.wire.allocations import render_allocation_stub
from muster.nomad.embedded.wire.deployments import render_deployment
from muster.nomad.embedded.wire.evaluations import render_evaluation
from muster.nomad.embedded.wire.jobs import render_job, render_summary
from nomad.embedded.timeline_stories import Entry
from shared_data import SHARED

HERE = Path(__file__).parent
RECORDINGS = SHARED / "nomad-api"
START_NS = 1_795_226_000_000_000_000
SECOND = 1_000_000_000
GAP_NS = 3 * SECOND

SCENARIOS: dict[str, Any] = yaml.safe_load((HERE / "scenarios.yaml").read_text())


def timeline_names() -> list[str]:
    return sorted(path.stem.removeprefix("timeline_") for path in RECORDINGS.glob("timeline_*.json"))


@cache
def recording(name: str) -> dict[str, Any]:
    return json.loads((RECORDINGS / f"timeline_{name}.json").read_text())


def recorded_entries(name: str) -> list[Entry]:
    return [(entry["t"], entry["endpoint"], entry["body"]) for entry in recording(name)["timeline"]]


def last_time(name: str) -> float:
    return recording(name)["timeline"][-1]["t"]


def with_vault(name: str) -> bool:
    """Whether the recorded agent had Vault."""
    return name.startswith(("vault", "full"))


def lab_nodes(name: str) -> list[dict[str, Any]]:
    """The node that a scenario was recorded on."""
    records = node_records(HERE / "lab_nodes.yaml")
    return [{**record, "vault": with_vault(name)} for record in records]


def lab_cluster(name: str) -> Cluster:
    """The recordings' node, with the behaviours of a scenario before the common ones."""
    scenario = SCENARIOS["timelines"].get(name) or {}
    records = [*scenario.get("images", []), *SCENARIOS["images"], *behaviour_records(DEFAULT_IMAGES)]
    nodes = read_nodes(lab_nodes(name))
    return Cluster(nodes, read_behaviours(records), START_NS + phase_ns(name), seed_of(name))


def phase_ns(name: str) -> int:
    """When in a client's 200 ms between two reports the recording began; a scenario says so where it matters."""
    return (SCENARIOS["timelines"].get(name) or {}).get("phase_ms", 0) * SECOND // 1000


def seed_of(name: str) -> str:
    """Jitters follow from the seed; a scenario names its own where the recorded one matters."""
    return str((SCENARIOS["timelines"].get(name) or {}).get("seed", name))


def submitted(name: str) -> dict[str, Any]:
    parsed = parse_job(recording(name)["hcl"], filename="input.hcl", canonicalize=True)
    assert parsed.job is not None, parsed.error_text
    return parsed.job


def simulated_entries(name: str) -> list[Entry]:
    """What the embedded cluster tells of the same job, after the timelines that went before it."""
    scenario = SCENARIOS["timelines"].get(name) or {}
    cluster = lab_cluster(name)
    for before in scenario.get("after", []):
        if "promote" in before:
            promote_deployment(cluster, latest_deployment(cluster, before["promote"]))
            cluster.agenda.advance_to(cluster.agenda.now_ns + before["then"] * SECOND)
        else:
            cluster.register(submitted(before))
            cluster.agenda.advance_to(cluster.agenda.now_ns + int(last_time(before) * SECOND) + GAP_NS)
    job = submitted(name)
    cluster.register(job)
    seconds = scenario.get("seconds", last_time(name) + 0.5)
    return list(_watch(cluster, (job["Namespace"], job["ID"]), int(seconds * SECOND)))


def latest_deployment(cluster: Cluster, job_id: str) -> str:
    found = cluster.store.latest_deployment(("default", job_id))
    assert found is not None
    return found.id


def _watch(cluster: Cluster, key: tuple[str, str], length_ns: int) -> Iterator[Entry]:
    start = cluster.agenda.now_ns
    yield from _snapshot(cluster, key, 0.0)
    while (due := cluster.agenda.next_ns()) is not None and due <= start + length_ns:
        cluster.agenda.advance_to(due)
        yield from _snapshot(cluster, key, (due - start) / SECOND)


def _snapshot(cluster: Cluster, key: tuple[str, str], at: float) -> Iterator[Entry]:
    store, path = cluster.store, f"/v1/job/{key[1]}"
    job = store.jobs[key]
    yield at, f"{path}/evaluations", [render_evaluation(e) for e in store.job_evaluations(key)]
    yield at, f"{path}/deployments", [render_deployment(d) for d in store.job_deployments(key)]
    yield at, f"{path}/allocations", [render_allocation_stub(a) for a in store.job_allocations(key)]
    yield at, f"{path}/summary", render_summary(store, job)
    yield at, f"status:{path}", render_job(job)
