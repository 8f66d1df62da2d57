"""What is known of a training's inputs before anything is spent: small enough to be stored."""

from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.values import Part


class InputFacts(Part):
    """The model in numbers, the look at the rows, and everything that is wrong with either."""

    architecture: Architecture | None = None
    data: DataReport
    problems: tuple[Problem, ...] = ()
    """Of the model, the spec and its target; the rows' own stand in `data`."""

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Errors first."""
        every = (*self.problems, *self.data.problems)
        return tuple(one for severity in ("error", "warning") for one in every if one.severity == severity)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What refuses the run."""
        return tuple(one for one in self.all_problems if one.severity == "error")
