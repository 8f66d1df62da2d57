"""Where jobs run: settings to an executor, and whether it is ready to take one."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from muster.aegis.domain.spec import Executor as ExecutorName
from muster.aegis.executors.docker import DockerExecutor
from muster.aegis.executors.modal import ModalExecutor
from muster.aegis.executors.modal_account import ModalAccount, load_modal, sign_in
from muster.aegis.executors.nomad import NOMAD, NomadExecutor
from muster.aegis.executors.nomad_job import Place
from muster.aegis.executors.sandbox import SandboxExecutor
from muster.aegis.executors.sandbox_planning import Ceilings
from muster.aegis.ports import Executor
from muster.aegis.settings import AegisSettings, Options
from muster.core.errors import SettingsError
from muster.core.health import ANSWER_S, Check, Health
from muster.core.http import connect

TRAINING_PYTHON = Path(".venv-train/bin/python")
_PATIENCE_S = 30.0
_IMAGE_ADVICE = "Set {} to one with Python, torch, transformers and peft."


@dataclass(frozen=True)
class Places:
    """The executors of one run, each made when it is first asked for, and looked at then. `folder` is the run's."""

    settings: AegisSettings
    options: Options
    folder: Path
    stack: ExitStack
    """What the executors hold open closes with it."""
    _made: dict[str, Executor] = field(default_factory=dict[str, Executor])

    def executor(self, name: ExecutorName) -> Executor:
        """The executor of that name. Raises SettingsError where it is not configured, ServiceError where what it runs
        on is away: before anything is launched there."""
        if name not in self._made:
            jobs = self.folder / "jobs"
            self._made[name] = _MAKERS[name](self.settings, self.options, jobs, self.stack, _PATIENCE_S)[0]
        return self._made[name]


def service_checks(settings: AegisSettings) -> tuple[Check, ...]:
    """The sandbox, and each executor elsewhere that the settings name."""
    named: dict[ExecutorName, str] = {
        "sandbox": str(settings.aegis_python or TRAINING_PYTHON),
        "docker": str(settings.aegis_docker_socket) if settings.aegis_docker_image else "",
        "nomad": settings.aegis_nomad_addr,
        "modal": "modal.com" if settings.aegis_modal_image else "",
    }
    return tuple(Check(name, _asking(settings, name), where) for name, where in named.items() if where)


def training_python(settings: AegisSettings) -> Path:
    """The Python that trains. Raises SettingsError where there is none."""
    given = settings.aegis_python or TRAINING_PYTHON
    python = given.parent.resolve() / given.name  # folders as they are; the link that makes a venv one is not followed
    if not python.is_file():
        raise SettingsError(
            f"there is no Python to train with: {python}",
            advice="`make train-env` makes .venv-train in the checkout; AEGIS_PYTHON names another one.",
        )
    return python


def _asking(settings: AegisSettings, name: ExecutorName) -> Callable[[], Health]:
    def ask() -> Health:
        with ExitStack() as stack:
            said = _MAKERS[name](settings, Options(), settings.muster_home / "jobs", stack, ANSWER_S)[1]
        return Health("ok", detail=said)

    return ask


def _sandbox(
    settings: AegisSettings, options: Options, jobs: Path, stack: ExitStack, wait_s: float
) -> tuple[Executor, str]:
    made = SandboxExecutor(jobs, str(training_python(settings)), no_sandbox=options.no_sandbox)
    return made, made.ready()


def _docker(
    settings: AegisSettings, options: Options, jobs: Path, stack: ExitStack, wait_s: float
) -> tuple[Executor, str]:
    _require("docker", {"AEGIS_DOCKER_IMAGE": settings.aegis_docker_image})
    made = DockerExecutor(jobs, settings.aegis_docker_image, socket=settings.aegis_docker_socket)
    return made, made.ready(wait_s)


def _nomad(
    settings: AegisSettings, options: Options, jobs: Path, stack: ExitStack, wait_s: float
) -> tuple[Executor, str]:
    root = settings.aegis_nomad_volume_root
    _require(
        "nomad",
        {
            "AEGIS_NOMAD_ADDR": settings.aegis_nomad_addr,
            "AEGIS_NOMAD_IMAGE": settings.aegis_nomad_image,
            "AEGIS_NOMAD_VOLUME": settings.aegis_nomad_volume,
            "AEGIS_NOMAD_VOLUME_ROOT": str(root or ""),
        },
    )
    headers = {"X-Nomad-Token": _open(settings.aegis_nomad_token)} if settings.aegis_nomad_token else {}
    client = connect(settings.aegis_nomad_addr, service=NOMAD, headers=headers, ca_file=settings.aegis_nomad_cacert)
    place = Place(
        image=settings.aegis_nomad_image,
        volume=settings.aegis_nomad_volume,
        volume_root=root or Path(),
        datacenters=(settings.aegis_nomad_datacenter,),
        namespace=settings.aegis_nomad_namespace,
    )
    made = NomadExecutor(stack.enter_context(client), place, jobs, _elsewhere(settings))
    return made, made.ready(wait_s)


def _modal(
    settings: AegisSettings, options: Options, jobs: Path, stack: ExitStack, wait_s: float
) -> tuple[Executor, str]:
    _require("modal", {"AEGIS_MODAL_IMAGE": settings.aegis_modal_image})
    sdk, token_id = load_modal(), _open(settings.aegis_modal_token_id)
    account = sign_in(sdk, token_id, _open(settings.aegis_modal_token_secret)) if token_id else ModalAccount(sdk)
    made = ModalExecutor(account, settings.aegis_modal_image, jobs, _elsewhere(settings))
    return made, made.ready()


_MAKERS: dict[str, Callable[[AegisSettings, Options, Path, ExitStack, float], tuple[Executor, str]]] = {
    "sandbox": _sandbox,
    "docker": _docker,
    "nomad": _nomad,
    "modal": _modal,
}
"""By the executor's name: what makes it, and has it say that it is ready."""


def _elsewhere(settings: AegisSettings) -> Ceilings:
    return Ceilings(memory_mb=settings.aegis_remote_memory_mb)


def _require(executor: ExecutorName, given: dict[str, str]) -> None:
    missing = [name for name, value in given.items() if not value]
    if missing:
        images = [name for name in missing if name.endswith("_IMAGE")]
        advice = _IMAGE_ADVICE.format(images[0]) if images else "docs/aegis-executors.md says what each is."
        raise SettingsError(f"the executor {executor} needs {', '.join(missing)}", advice=advice)


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
