"""What is known of the place where a training is to run, before it runs there."""

from muster.aegis.domain.values import Part


class TargetFacts(Part):
    """By the executor; None and {} mean that nobody knows, and then nothing is said."""

    cuda: bool | None = None
    """Whether a GPU and a build of torch for it are there."""
    capability: tuple[int, int] | None = None
    """CUDA compute capability: (8, 0) for A100, (7, 5) for T4."""
    network: bool | None = None
    """Whether the job could fetch a model from a hub."""
    packages: dict[str, str] = {}
    """Distribution to version, of the environment that trains."""
    free_mb: int | None = None
    """On the disk that outputs are written to."""
    output_trouble: str = ""
    """Why outputs can't be written; empty: they can."""


class CheckpointFacts(Part):
    """A checkpoint folder to go on from."""

    path: str
    there: bool
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    step: int | None = None
