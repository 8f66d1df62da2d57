"""Defaults that can only be chosen once the model is known. What somebody said is never touched."""

from muster.aegis.domain.intent.settling import Origin, Settled
from muster.aegis.domain.preflight.model_facts import ModelFacts

PATH = "shape.seq_len"


def fit_defaults(settled: Settled, model: ModelFacts) -> Settled:
    """Rows as long as the model's positions, where the default is longer."""
    most = model.number("max_position_embeddings", "n_positions")
    spec = settled.spec
    if settled.origins[PATH].says != "default" or most is None or not 8 <= most < spec.shape.seq_len:
        return settled
    shape = spec.shape.model_copy(update={"seq_len": most})
    origin = Origin(says="default", reason=f"the model was built for {most} positions")
    return Settled(spec=spec.model_copy(update={"shape": shape}), origins={**settled.origins, PATH: origin})
