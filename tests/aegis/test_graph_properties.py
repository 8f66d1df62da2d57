"""Whatever a machine costs and however jobs end: nothing is launched without a decision, or above the hard sum."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aegis.fakes import Play
from aegis.walks import OUT_OF_MEMORY, TRAINED, Walk, evaluated
from aegis.worlds import World
from muster.aegis.domain.workload import Metric

STEPS = tuple(Metric(at=datetime(2026, 1, 1, tzinfo=UTC), step=one, loss=2.0 - one / 100) for one in range(1, 40))
TRAININGS = st.sampled_from([TRAINED, OUT_OF_MEMORY, Play(), Play(metrics=STEPS, files=TRAINED.files)])
EVALUATIONS = st.sampled_from([evaluated(), evaluated(3.0), OUT_OF_MEMORY, Play(files={"evaluation.json": b"{"})])
HARD_USD = 2.0


@given(
    usd_per_hour=st.sampled_from([0.0, 1.0, 5.0, 30.0, 500.0]),
    choice=st.sampled_from(["approve", "cancel"]),
    trainings=st.lists(TRAININGS, max_size=4),
    evaluations=st.lists(EVALUATIONS, max_size=4),
    most=st.integers(0, 3),
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_path_passes_the_money_the_decisions_or_the_attempts(
    usd_per_hour: float, choice: str, trainings: list[Play], evaluations: list[Play], most: int
) -> None:
    plays = {f"r1-train-{number}": play for number, play in enumerate(trainings, 1)}
    plays |= {f"r1-eval-{number}": play for number, play in enumerate(evaluations, 1)}
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        answers = {"budget": [choice], "repair": True}
        walk = Walk(world, plays=plays, answers=answers, usd_per_hour=usd_per_hour, max_attempts=most)
        state = walk.run()
    trained = [name for name in walk.jobs if "-train-" in name]
    assert state.spent_usd <= HARD_USD
    assert len(trained) == len(state.used) == len(set(state.used))
    assert len(state.repairs) <= most
