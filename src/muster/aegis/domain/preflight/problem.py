"""What a look at the inputs found before anything is spent."""

from typing import Literal

from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.values import Part

ProblemKind = FailureKind | Literal["dataset_duplicates", "dataset_leak", "dataset_private"]
"""The last three break no training: they spoil what it is for."""
Severity = Literal["error", "warning"]


class Problem(Part):
    """`kind` is the failure that the training would end in, or hide; an error refuses the run, a warning is told."""

    severity: Severity
    kind: ProblemKind
    text: str
    where: str = ""
    """`file:line`, a field of the spec, a file of the model's folder."""
    advice: str = ""


def error(kind: ProblemKind, text: str, *, where: str = "", advice: str = "") -> Problem:
    """A problem that refuses the run."""
    return Problem(severity="error", kind=kind, text=text, where=where, advice=advice)


def warning(kind: ProblemKind, text: str, *, where: str = "", advice: str = "") -> Problem:
    """A problem that is told, and nothing more."""
    return Problem(severity="warning", kind=kind, text=text, where=where, advice=advice)
