"""Inputs whose model may be of a hub: it is brought here first, and read as any folder is."""

from pathlib import Path

from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.data.written import Written
from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.preflight.target_facts import CheckpointFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.tools.hub_models import Fetched, HubModels, is_hub_id
from muster.aegis.tools.local_inputs import LocalInputs


class HubInputs:
    """Satisfies the port Inputs. Without `weights` a look at the model fetches its config and tokenizer alone."""

    def __init__(self, hub: HubModels, *, weights: bool = True) -> None:
        self._hub = hub
        self._weights = weights
        self._local = LocalInputs()

    def model(self, spec: TrainingSpec) -> ModelFacts:
        """The model's folder; of a hub's model also its commit. Raises as `HubModels.fetch` does."""
        if not is_hub_id(spec.model.path):
            return self._local.model(spec)
        found = self._hub.fetch(spec.model.path, spec.model.revision, weights=self._weights)
        facts = self._local.model(_at(spec, found.folder))
        return (facts if self._weights else _with_weights(facts, found)).model_copy(update={"revision": found.sha})

    def model_folder(self, spec: TrainingSpec) -> str:
        """Where the model lies here; of a hub's model, which `model` has pinned and fetched."""
        if not is_hub_id(spec.model.path):
            return self._local.model_folder(spec)
        return str(self._hub.folder(spec.model.path, spec.model.revision or ""))

    def artefact(self, path: str) -> tuple[Problem, ...]:
        """As for any folder."""
        return self._local.artefact(path)

    def checkpoint(self, path: str) -> CheckpointFacts:
        """As for any folder."""
        return self._local.checkpoint(path)

    def data(self, spec: TrainingSpec) -> DataReport:
        """The rows, by the model's tokenizer."""
        return self._local.data(self._here(spec))

    def task(self, path: str) -> tuple[Problem, ...]:
        """As for any folder."""
        return self._local.task(path)

    def copy_task(self, path: str, into: Path) -> None:
        """As for any folder."""
        self._local.copy_task(path, into)

    def write(self, spec: TrainingSpec, into: Path) -> Written:
        """As of any folder's model."""
        return self._local.write(self._here(spec), into)

    def _here(self, spec: TrainingSpec) -> TrainingSpec:
        return _at(spec, Path(self.model_folder(spec)))


def _at(spec: TrainingSpec, folder: Path) -> TrainingSpec:
    return spec.model_copy(update={"model": spec.model.model_copy(update={"path": str(folder)})})


def _with_weights(facts: ModelFacts, found: Fetched) -> ModelFacts:
    """As the hub lists them, where they were not fetched: their tensors were not looked at."""
    missing = [one for one in found.weights if one.name not in facts.weight_files]
    if not missing:
        return facts
    return facts.model_copy(
        update={
            "weight_files": tuple(one.name for one in found.weights),
            "weight_bytes": sum(one.size for one in found.weights),
            "troubles": (),
            "searched_whole": False,
        }
    )
