"""A rule about a complaint: the words of its message, and where it was raised."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.failures.tracebacks import Complaint


class Rule(NamedTuple):
    """All patterns given have to be found: in `Type: message`, in the frames, in the whole log."""

    kind: FailureKind
    says: re.Pattern[str]
    where: re.Pattern[str] | None = None
    log: re.Pattern[str] | None = None

    def holds(self, complaint: Complaint, log: str) -> bool:
        """Whether it explains the complaint."""
        return bool(
            self.says.search(complaint.line)
            and (self.where is None or self.where.search(complaint.frames))
            and (self.log is None or self.log.search(log))
        )


def rule(kind: FailureKind, *says: str, where: str = "", log: str = "") -> Rule:
    """A rule of alternatives, in any case of letters."""
    return Rule(kind, _any(says), _any([where]) if where else None, _any([log]) if log else None)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE | re.MULTILINE)
