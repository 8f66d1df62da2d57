"""Everything that the checks before a training look at."""

from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.target_facts import CheckpointFacts, TargetFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.values import Part


class Case(Part):
    """A spec, its model, and where it is to run. `checkpoint` is None for a start from the beginning."""

    spec: TrainingSpec
    model: ModelFacts
    target: TargetFacts = TargetFacts()
    checkpoint: CheckpointFacts | None = None

    @property
    def trains_everything(self) -> bool:
        """Whether every weight is trained, and so written with every checkpoint."""
        return self.spec.method == "full"
