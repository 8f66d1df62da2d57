"""Two measures of memory that differ have two names."""

import pytest

from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.reporting.curves import draw_curves
from muster.aegis.reporting.series import Told
from muster.aegis.state import State


@pytest.mark.parametrize(("gpu", "measure"), [("cpu", "resident"), ("H100", "allocated on the GPU")])
def test_a_curve_of_memory_says_what_it_measures(gpu: str, measure: str) -> None:
    spec = TrainingSpec.model_validate({"model": {"path": "m"}, "data": {"path": "d"}, "target": {"gpu": gpu}})
    (drawing,) = draw_curves(State(spec=spec), [Told("r-train-1", memory=((0.0, 400.0), (1.0, 506.0)))])
    assert drawing.said == f"training 1: 506 MiB {measure} at most"
