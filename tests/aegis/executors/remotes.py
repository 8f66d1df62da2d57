"""Executors of elsewhere, set up against their doubles."""

from contextlib import ExitStack
from pathlib import Path

from aegis.executors.modal_double import ModalDouble
from muster.aegis.executors.docker import DockerExecutor
from muster.aegis.executors.following import Pace
from muster.aegis.executors.modal import ModalExecutor
from muster.aegis.executors.modal_account import ModalAccount
from muster.aegis.executors.nomad import NOMAD, NomadExecutor
from muster.aegis.executors.nomad_job import Place
from muster.aegis.executors.sandbox_planning import Ceilings
from muster.core.http import connect

CEILINGS = Ceilings(memory_mb=1024, disk_mb=64, pids=64, grace_s=5.0)
PACE = Pace(look_s=0.02, beat_s=30.0)


def docker(folder: Path, socket: Path) -> DockerExecutor:
    return DockerExecutor(folder=folder / "jobs", image="trainer:1", socket=socket, ceilings=CEILINGS, pace=PACE)


def nomad(folder: Path, address: str, stack: ExitStack) -> NomadExecutor:
    client = stack.enter_context(connect(address, service=NOMAD))
    volume = folder / "cluster/volume"
    volume.mkdir(exist_ok=True)
    place = Place(image="trainer:1", volume="training", volume_root=volume)
    return NomadExecutor(client=client, place=place, folder=folder / "jobs", ceilings=CEILINGS, pace=PACE)


def modal(folder: Path, sdk: ModalDouble) -> ModalExecutor:
    return ModalExecutor(
        account=ModalAccount(sdk), image="trainer:1", folder=folder / "jobs", ceilings=CEILINGS, pace=PACE
    )
