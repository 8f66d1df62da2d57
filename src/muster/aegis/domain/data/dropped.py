"""Why a row is left out: one of a few reasons, so that they can be counted."""

from dataclasses import dataclass

from muster.aegis.domain.diagnosis import FailureKind


@dataclass(frozen=True, slots=True)
class Drop:
    """`kind` is the failure that the row would have made; `detail` says more of this one row."""

    kind: FailureKind
    reason: str
    detail: str = ""
