"""A whole run of the graph on each executor of elsewhere: trained, evaluated, restarted, stopped by its budget."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from aegis.executors.docker_double import docker_engine
from aegis.executors.modal_double import modal_cloud
from aegis.executors.nomad_double import nomad_cluster
from aegis.executors.remotes import modal
from aegis.executors.sandboxes import needs_bwrap
from aegis.executors.whole_runs import NEVER_ENDS, Cheap, KilledError, WholeRun
from aegis.worlds import World
from muster.aegis.agent import verdict_of

pytestmark = needs_bwrap


@dataclass(frozen=True)
class Elsewhere:
    """A run on one executor, and how many jobs were started there."""

    run: WholeRun
    starts: Callable[[], int]


def on_nomad(world: World, stack: ExitStack) -> Elsewhere:
    double, address = stack.enter_context(nomad_cluster(world.folder / "cluster"))
    volume = world.folder / "cluster/volume"
    volume.mkdir()
    named = {"addr": address, "image": "trainer:1", "volume": "training", "volume_root": volume, "usd_per_hour": 1}
    settings = {f"aegis_nomad_{name}": value for name, value in named.items()}
    return Elsewhere(WholeRun(world, "on nomad", settings), lambda: double.starts)


def on_docker(world: World, stack: ExitStack) -> Elsewhere:
    double, socket = stack.enter_context(docker_engine(world.folder / "engine"))
    settings = {"aegis_docker_image": "trainer:1", "aegis_docker_socket": socket, "aegis_usd_per_hour": 1}
    return Elsewhere(WholeRun(world, "in docker", settings), lambda: double.starts)


def on_modal(world: World, stack: ExitStack) -> Elsewhere:
    double = stack.enter_context(modal_cloud(world.folder / "modal"))
    run = WholeRun(world, "on modal on a T4", {}, executor=modal(world.folder, double))
    return Elsewhere(run, lambda: len(double.created))


@pytest.fixture(params=[on_nomad, on_docker, on_modal], ids=["nomad", "docker", "modal"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Elsewhere]:
    with ExitStack() as stack:
        yield request.param(World(tmp_path), stack)


def test_words_become_an_evaluated_artefact(elsewhere: Elsewhere) -> None:
    state = elsewhere.run.start()
    assert verdict_of(state).ok, verdict_of(state).summary
    assert (Path(state.artefact) / "adapter_model.safetensors").read_text() == "weights"


def test_a_restart_in_the_middle_finds_the_job_again(elsewhere: Elsewhere) -> None:
    with pytest.raises(KilledError):
        elsewhere.run.start(dies=True)
    state = elsewhere.run.go_on()
    assert verdict_of(state).ok, verdict_of(state).summary
    assert elsewhere.starts() == 2  # one trains, one evaluates


def test_a_job_is_stopped_by_its_budget_with_a_checkpoint(elsewhere: Elsewhere) -> None:
    elsewhere.run.generator, elsewhere.run.hasty = Cheap(NEVER_ENDS), True
    state = elsewhere.run.start()
    assert state.diagnosis is not None
    assert (state.diagnosis.kind, verdict_of(state).ok) == ("budget", False)
    assert "checkpoints/checkpoint-1/trainer_state.json" in state.collected
