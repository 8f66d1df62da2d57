"""A finding about a job file, with its place, in the words that Nomad uses."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file: lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        end = f"{self.end_column}" if self.end_line == self.line else f"{self.end_line},{self.end_column}"
        return f"{self.line},{self.column}-{end}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `place` is None where a file as a whole is meant, such as a missing job block."""

    summary: str
    detail: str
    file: str
    place: Place | None = None
    severity: Severity = "error"
    code: str = ""
    """What the documents call a warning; errors have none."""

    @property
    def line(self) -> int | None:
        """The first line, counted from 1."""
        return self.place.line if self.place else None

    @property
    def col(self) -> int | None:
        """The first column, counted from 1."""
        return self.place.column if self.place else None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line},{self.col}" if self.place else self.file
        mark = "" if self.severity == "error" else f"{self.severity}: "
        code = f" [{self.code}]" if self.code else ""
        return f"{where}: {mark}{self.summary}; {self.detail}{code}"

    def as_nomad(self) -> str:
        """The line that `POST /v1/jobs/parse` answers: `input.hcl:3,5-12: Summary; Detail`, or `<nil>: ...`."""
        where = f"{self.file}:{self.place}" if self.place else "<nil>"
        return f"{where}: {self.summary}; {self.detail}"
