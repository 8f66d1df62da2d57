"""Every check before a training, in order. All problems are told at once."""

from collections.abc import Callable, Iterator

from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.model_checks import check_model
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.preflight.shape_checks import check_length, check_rate, check_targets
from muster.aegis.domain.preflight.target_checks import (
    check_attention,
    check_checkpoint,
    check_disk,
    check_gpu,
    check_packages,
    check_precision,
)

CHECKS: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    check_model,
    check_length,
    check_rate,
    check_targets,
    check_gpu,
    check_precision,
    check_attention,
    check_packages,
    check_disk,
    check_checkpoint,
)


def preflight(case: Case) -> tuple[Problem, ...]:
    """What is wrong, the checks' order kept."""
    return tuple(problem for check in CHECKS for problem in check(case))
