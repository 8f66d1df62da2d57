"""Settings and options in, context out: the only place that picks adapters."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from muster.aegis.context import Context, Prices
from muster.aegis.domain.estimates import Offer
from muster.aegis.domain.preflight.target_facts import TargetFacts
from muster.aegis.domain.spec import Executor as ExecutorName
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.executors.docker import DockerExecutor
from muster.aegis.executors.sandbox import SandboxExecutor
from muster.aegis.executors.sandbox_planning import most_memory_mb
from muster.aegis.generators.template import TemplateGenerator
from muster.aegis.ports import Executor
from muster.aegis.profilers.offers import OWN
from muster.aegis.profilers.prices import local_offer
from muster.aegis.settings import AegisSettings, Options
from muster.aegis.tools.disk_workspace import DiskWorkspace
from muster.aegis.tools.local_inputs import LocalInputs
from muster.aegis.tools.local_target import look_at_machine
from muster.aegis.tools.price_files import read_prices
from muster.aegis.tools.rules_intent_parser import RulesIntentParser
from muster.core.clock import SystemClock
from muster.core.errors import SettingsError
from muster.core.limits import Limits

TRAINING_PYTHON = Path(".venv-train/bin/python")


@contextmanager
def open_context(settings: AegisSettings, options: Options, run_id: str) -> Generator[Context]:
    """The ports of one run."""
    folder = settings.muster_home / "runs" / run_id
    yield Context(
        parser=RulesIntentParser(),
        inputs=LocalInputs(),
        look_at_target=partial(target_facts, settings),
        prices=Prices(read_prices(prices_folder(settings)).offers, own_offer(settings)),
        generator=TemplateGenerator(),
        executor=partial(make_executor, settings, options, folder),
        workspace=DiskWorkspace(folder),
        clock=SystemClock(),
        limits=Limits(max_attempts=settings.aegis_max_retries),
        run_id=run_id,
    )


def make_executor(settings: AegisSettings, options: Options, folder: Path, name: ExecutorName) -> Executor:
    """The executor of that name. Raises SettingsError where it is not configured."""
    jobs = folder / "jobs"
    match name:
        case "sandbox":
            return SandboxExecutor(jobs, str(training_python(settings)), no_sandbox=options.no_sandbox)
        case "docker" if settings.aegis_docker_image:
            return DockerExecutor(jobs, settings.aegis_docker_image)
        case "docker":
            raise SettingsError(
                "no image is named for the executor docker",
                advice="Set AEGIS_DOCKER_IMAGE to one with Python, torch, transformers and peft.",
            )
        case "modal" | "nomad":
            raise SettingsError(
                f"`aegis run` can't use the executor {name} yet",
                advice="Use the sandbox or docker, or run the script of `aegis plan --script FILE` there.",
            )


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


def prices_folder(settings: AegisSettings) -> Path:
    """Where prices are kept that `aegis gpus --update` took."""
    return settings.muster_home / "aegis/prices"


def own_offer(settings: AegisSettings) -> Offer:
    """This machine."""
    return local_offer(most_memory_mb() / 1024, settings.aegis_usd_per_hour)


def target_facts(settings: AegisSettings, spec: TrainingSpec) -> TargetFacts:
    """Of this machine where the spec runs here; of another place nothing is known beforehand.

    Raises SettingsError where nothing can train here.
    """
    if spec.target.executor not in OWN or spec.target.executor == "docker":
        return TargetFacts()
    return look_at_machine(str(training_python(settings)), settings.muster_home)
