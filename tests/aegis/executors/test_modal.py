from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis.executors.modal_double import AuthError, ConnectionError, ModalDouble, modal_cloud
from aegis.executors.remotes import CEILINGS, modal
from aegis.executors.sandboxes import ignore, needs_bwrap
from muster.aegis.domain.workload import Workload, WorkloadLimits
from muster.aegis.executors.modal import ModalExecutor
from muster.aegis.executors.modal_account import sign_in
from muster.core.errors import AccessDeniedError, UnreachableError, UsageError


@pytest.fixture
def sdk(tmp_path: Path) -> Iterator[ModalDouble]:
    with modal_cloud(tmp_path / "modal") as double:
        yield double


@needs_bwrap
def test_a_sandbox_has_no_network_and_the_workloads_limits(sdk: ModalDouble, tmp_path: Path) -> None:
    executor = modal(tmp_path, sdk)
    limits = WorkloadLimits(seconds=100, gpus=2, gpu="H100", memory_mb=2048)
    executor.follow(executor.submit(Workload(name="job", script="", limits=limits)), ignore)
    asked = sdk.created[0]
    assert asked["block_network"] is True
    assert (asked["gpu"], asked["memory"], asked["timeout"]) == ("H100:2", 2048, 105)


@needs_bwrap
def test_inputs_are_brought_into_the_jobs_own_volume(sdk: ModalDouble, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/config.json").write_text("{}")
    script = "open('outputs/seen', 'w').write(open('inputs/model/config.json').read())"
    executor = modal(tmp_path, sdk)
    job = executor.submit(Workload(name="job", script=script, inputs={"model": str(tmp_path / "model")}))
    executor.follow(job, ignore)
    assert executor.collect(job, tmp_path / "got") == ("seen",)


def test_longer_than_modal_runs_anything_is_refused(sdk: ModalDouble, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="86400 s at most"):
        modal(tmp_path, sdk).submit(Workload(name="job", script="", limits=WorkloadLimits(seconds=90_000)))


def test_a_token_that_modal_does_not_know_is_told_with_its_settings(sdk: ModalDouble, tmp_path: Path) -> None:
    sdk.refuses = AuthError("Token ID not found")
    with pytest.raises(AccessDeniedError, match="AEGIS_MODAL_TOKEN_ID"):
        modal(tmp_path, sdk).ready()


def test_a_modal_that_is_away_is_no_fault_of_ours(sdk: ModalDouble, tmp_path: Path) -> None:
    sdk.refuses = ConnectionError("no route")
    with pytest.raises(UnreachableError, match="no route"):
        modal(tmp_path, sdk).submit(Workload(name="job", script=""))


def test_every_call_is_made_by_the_tokens_client(sdk: ModalDouble, tmp_path: Path) -> None:
    executor = ModalExecutor(sign_in(sdk, "ak-1", "as-1"), "trainer:1", tmp_path / "jobs", CEILINGS)
    executor.ready()
    executor.find("job")
    assert set(sdk.clients) == {("ak-1", "as-1")}
