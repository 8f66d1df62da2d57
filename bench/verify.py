"""How long after the cluster knows do we know? Healthy and failing jobs on an embedded cluster in real time.

A second client polls the deployment every 5 ms: the first time it sees the end is when the cluster knew.
"""

import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx

from muster.core.clock import SystemClock
from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.outcomes import Planned, Registered
from muster.nomad.domain.policies import Restart, Update
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import DockerConfig, Resources, TaskSpec
from muster.nomad.embedded.launch import ensure_cluster, stop_cluster
from muster.nomad.tools.nomad_cluster import NomadCluster
from muster.nomad.tools.nomad_http import NomadHttp

RUNS = 5
POLL_S = 0.005
IMAGES = """
images:
  - {image: "good:*", pull_s: 0.1, ready_s: 0.1, listens: [8080]}
  - {image: "hungry:*", pull_s: 0.1, memory_mb: 999, oom_after_s: 0.2}
"""


def job(name: str, image: str) -> JobSpec:
    """A job that is decided within about a second."""
    task = TaskSpec(
        name="web", config=DockerConfig(image=image, ports=("http",)), resources=Resources(cpu_mhz=100, memory_mb=64)
    )
    group = GroupSpec(
        name="web",
        network=Network(ports=(Port(label="http", to=8080),)),
        services=(Service(name=name, port="http", checks=(Check(type="tcp", interval_s=1, timeout_s=1),)),),
        tasks=(task,),
        restart=Restart(attempts=0),
        update=Update(min_healthy_time_s=0.5, healthy_deadline_s=20, progress_deadline_s=30),
    )
    return JobSpec(name=name, groups=(group,))


def when_known(address: str, name: str, ends: list[float]) -> None:
    """Poll until the deployment has ended, or its allocation failed."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        while True:
            deployment = client.get(f"/v1/job/{name}/deployment").json() or {}
            allocations = client.get(f"/v1/job/{name}/allocations").json() or []
            failed = any(one["ClientStatus"] == "failed" for one in allocations)
            if deployment.get("Status") in ("successful", "failed") or failed:
                ends.append(time.monotonic())
                return
            time.sleep(POLL_S)


def lag_s(cluster: NomadCluster, address: str, spec: JobSpec) -> float:
    """Seconds from the cluster's knowing to ours; slightly negative when our query was faster than the poll."""
    plan = cluster.plan(spec)
    assert isinstance(plan, Planned), plan
    registration = cluster.register(spec, base_index=plan.base_index)
    assert isinstance(registration, Registered)
    ends: list[float] = []
    poller = threading.Thread(target=when_known, args=(address, spec.name, ends))
    poller.start()
    cluster.watch(registration, timeout_s=60, see=lambda _: None)
    ours = time.monotonic()
    poller.join()
    return ours - ends[0]


def main() -> None:
    """Print the lags."""
    with tempfile.TemporaryDirectory() as folder:
        home, images = Path(folder), Path(folder) / "images.yaml"
        images.write_text(IMAGES)
        address = ensure_cluster(home, images=images, real_time=True).address
        try:
            with NomadHttp(address) as http:
                cluster = NomadCluster(http, SystemClock())
                print(f"{'outcome':10} {'median s':>9} {'max s':>7}   ({RUNS} runs, real time)")
                for outcome, image in (("healthy", "good:1"), ("failed", "hungry:1")):
                    lags = [lag_s(cluster, address, job(f"{outcome}-{run}", image)) for run in range(RUNS)]
                    print(f"{outcome:10} {statistics.median(lags):9.3f} {max(lags):7.3f}")
        finally:
            stop_cluster(home)


if __name__ == "__main__":
    main()
