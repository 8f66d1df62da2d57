"""What a look at the data found; the whole of it can be stored and shown."""

from muster.aegis.domain.data.lengths import Lengths
from muster.aegis.domain.data.likeness import Likeness
from muster.aegis.domain.data.rows import RowKind
from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.spec import DataFormat
from muster.aegis.domain.values import Part


class Dropped(Part):
    """Rows that were left out for one reason."""

    reason: str
    kind: FailureKind
    count: int
    examples: tuple[str, ...] = ()
    """The first ones: `line 3`, `line 7: byte 0xff at offset 12`."""


class Piece(Part):
    """A stretch of a row; learnt, or context that is only read."""

    text: str
    trained: bool


class MaskedSample(Part):
    """A row as the training sees it, redacted and cut for showing. Shown alone of rows in which nothing private was
    found."""

    line: int
    tokens: int
    trained: int
    pieces: tuple[Piece, ...]


class DataReport(Part):
    """`rows` is what the file has, blank lines aside: `kept` and every `dropped` count sum up to it."""

    path: str
    format: DataFormat
    columns: dict[str, str] = {}
    row_kind: RowKind | None = None
    """Of the converted rows."""
    rows: int = 0
    kept: int = 0
    train_rows: int = 0
    """Of those that are kept, what is trained on."""
    eval_rows: int = 0
    """What is evaluated on: held out of those that are kept, or of a file of its own."""
    dropped: tuple[Dropped, ...] = ()
    lengths: Lengths | None = None
    likeness: Likeness = Likeness()
    private: dict[str, int] = {}
    """Kind of personal data to rows that hold it, of the `searched` ones."""
    searched: int = 0
    planted: int = 0
    """Rows with made-up secrets that a training gets beside those that are kept."""
    problems: tuple[Problem, ...] = ()
    samples: tuple[MaskedSample, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a problem stands in the way."""
        return any(problem.severity == "error" for problem in self.problems)
