"""A job's whole life on the cluster that NOMAD_ADDR names: deployed, broken, mended, stopped, and nothing left behind.

Every job's name begins with this session's own `muster-test-...-`, and what begins so is purged before and after.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from muster.core.clock import SystemClock
from muster.core.gates.front import DefaultsFront
from muster.core.runs.opening import follow, new_run
from muster.core.runs.run import Finished
from muster.nomad.agent import AGENT, load
from muster.nomad.settings import Options
from muster.nomad.state import State

GOOD = "nginx:1.27-alpine"
BROKEN = "nginx:muster-test-no-such-tag"
PATIENCE_S = 30

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif("CI" in os.environ, reason="a real cluster is never touched by CI"),
    pytest.mark.skipif("NOMAD_ADDR" not in os.environ, reason="set NOMAD_ADDR to the cluster that may run test jobs"),
]


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    """The cluster's own API, as the settings reach it: what is there is asked of nobody else."""
    settings = load()
    token = settings.nomad_token
    scope = {"namespace": settings.nomad_namespace, "region": settings.nomad_region}
    with httpx.Client(
        base_url=settings.nomad_addr,
        headers={"X-Nomad-Token": token.get_secret_value()} if token else {},
        params={name: value for name, value in scope.items() if value},
        verify=str(settings.nomad_cacert) if settings.nomad_cacert else True,
        timeout=PATIENCE_S,
        trust_env=False,
    ) as client:
        yield client


@pytest.fixture
def name(api: httpx.Client) -> Iterator[str]:
    """The name of the only job of this test; whatever happens, it is purged."""
    prefix = f"muster-test-{secrets.token_hex(4)}-"
    purge(api, prefix)
    try:
        yield f"{prefix}web"
    finally:
        purge(api, prefix)
        assert jobs(api, prefix) == []


def jobs(api: httpx.Client, prefix: str) -> list[str]:
    listed = api.get("/v1/jobs", params={"prefix": prefix}).raise_for_status().json()
    return [one["ID"] for one in listed if one["ID"].startswith(prefix)]


def purge(api: httpx.Client, prefix: str) -> None:
    for job in jobs(api, prefix):
        api.delete(f"/v1/job/{job}", params={"purge": "true"}).raise_for_status()


def deploy(folder: Path, name: str, image: str) -> Finished[State]:
    """The whole run of `nomad-spec deploy --no-questions`."""
    repository = folder / name
    repository.mkdir(exist_ok=True)
    (repository / "compose.yaml").write_text(
        f"services:\n  {name}:\n    image: {image}\n    ports: ['80']\n    mem_limit: 64m\n"
    )
    with new_run(AGENT, load(), Options(cluster="nomad"), intent="live test", clock=SystemClock()) as run:
        return follow(run, run.start(State(source=str(repository))), DefaultsFront())


def image_of(job: dict) -> str:
    return job["TaskGroups"][0]["Tasks"][0]["Config"]["image"]


def test_a_job_is_deployed_broken_reverted_and_mended(api: httpx.Client, name: str, tmp_path: Path) -> None:
    first = deploy(tmp_path, name, GOOD)
    assert first.verdict.ok, first.verdict.summary
    assert api.get(f"/v1/job/{name}").json()["Status"] == "running"

    broken = deploy(tmp_path, name, BROKEN)
    assert not broken.verdict.ok
    assert broken.state.cause is not None
    assert broken.state.cause.kind in ("image_not_found", "image_pull")
    assert image_of(api.get(f"/v1/job/{name}").json()) == GOOD

    mended = deploy(tmp_path, name, GOOD)
    assert mended.verdict.ok, mended.verdict.summary


def test_a_new_job_that_can_not_start_is_stopped(api: httpx.Client, name: str, tmp_path: Path) -> None:
    assert not deploy(tmp_path, name, BROKEN).verdict.ok
    assert api.get(f"/v1/job/{name}").json()["Stop"] is True
