"""A hub's model stays the one that was looked at: its revision becomes a commit."""

from muster.aegis.domain.intent.settling import Origin, Settled
from muster.aegis.domain.preflight.model_facts import ModelFacts

PATH = "model.revision"


def pin_revision(settled: Settled, model: ModelFacts) -> Settled:
    """The spec at the commit that the model was found at; a folder has none."""
    asked = settled.spec.model.revision
    if not model.revision or asked == model.revision:
        return settled
    pinned = settled.spec.model.model_copy(update={"revision": model.revision})
    says = settled.origins[PATH].says if PATH in settled.origins else "default"
    origin = Origin(says=says, reason=f"the commit that {asked or 'main'} is of today")
    return Settled(spec=settled.spec.model_copy(update={"model": pinned}), origins={**settled.origins, PATH: origin})
