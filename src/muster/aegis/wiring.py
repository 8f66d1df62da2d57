"""Settings and options in, context out: the only place that picks adapters."""

from pathlib import Path

from muster.aegis.domain.estimates import Offer
from muster.aegis.domain.preflight.target_facts import TargetFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.executors.sandbox_planning import most_memory_mb
from muster.aegis.profilers.offers import OWN
from muster.aegis.profilers.prices import local_offer
from muster.aegis.settings import AegisSettings
from muster.aegis.tools.local_target import look_at_machine
from muster.core.errors import SettingsError

TRAINING_PYTHON = Path(".venv-train/bin/python")


def training_python(settings: AegisSettings) -> Path:
    """The Python that trains. Raises SettingsError where there is none."""
    python = (settings.aegis_python or TRAINING_PYTHON).absolute()  # a link of a venv is not followed
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
