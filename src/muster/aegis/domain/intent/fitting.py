"""Defaults that can only be chosen once the model is known. What somebody said is never touched."""

from collections.abc import Iterator

from muster.aegis.domain.intent.settling import Origin, Settled
from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.spec import TrainingSpec

USUAL_WIDTH = 1024
"""Hidden size from which on the usual learning rates hold; below it they grow as it shrinks, as the rate of Adam does
by Yang et al. 2022 (arXiv 2203.03466)."""
MOST_FASTER = 10.0
"""Measured: at ten times the usual rate a model of 96 learns in 57 steps what it hardly begins to at the usual one."""


def fit_defaults(settled: Settled, model: ModelFacts) -> Settled:
    """Rows as long as the model's positions, where the default is longer, and a higher rate for a narrow model."""
    for path, fitted, reason in _fitting(settled.spec, model):
        if settled.origins[path].says == "default":
            block, name = path.split(".")
            changed = getattr(settled.spec, block).model_copy(update={name: fitted})
            origins = {**settled.origins, path: Origin(says="default", reason=reason)}
            settled = Settled(spec=settled.spec.model_copy(update={block: changed}), origins=origins)
    return settled


def _fitting(spec: TrainingSpec, model: ModelFacts) -> Iterator[tuple[str, float, str]]:
    most, width = model.number("max_position_embeddings", "n_positions"), model.number("hidden_size", "n_embd")
    if most is not None and 8 <= most < spec.shape.seq_len:
        yield "shape.seq_len", most, f"the model was built for {most} positions"
    if width is not None and 0 < width < USUAL_WIDTH:
        faster = min(MOST_FASTER, USUAL_WIDTH / width)
        rate = float(f"{spec.optimization.learning_rate * faster:.1g}")
        yield (
            "optimization.learning_rate",
            rate,
            f"{faster:.1f} times the usual: a model {width} wide takes larger steps",
        )
