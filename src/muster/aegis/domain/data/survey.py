"""Goes through a data file once, row by row, and tells what was found. Memory does not grow with the file but for
the hashes of its rows."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from muster.aegis.domain.data.conversion import convert
from muster.aegis.domain.data.dropped import Drop
from muster.aegis.domain.data.drops import DropCount, drop_problems
from muster.aegis.domain.data.formats import LOOKED_AT, Layout, find_layout
from muster.aegis.domain.data.likeness import Likeness, LikenessCount, is_held_out
from muster.aegis.domain.data.masking import Masked, Tokenizer
from muster.aegis.domain.data.measuring import Measuring, is_measured
from muster.aegis.domain.data.private import Redact, find_private
from muster.aegis.domain.data.records import Entry, Record
from muster.aegis.domain.data.report import DataReport, Dropped, MaskedSample
from muster.aegis.domain.data.rows import Row, RowKind, kind_of, whole_text
from muster.aegis.domain.data.samples import masked_sample
from muster.aegis.domain.data.verdicts import count_problems, private_problems
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.spec import DataRef, TrainingSpec

SEARCHED_FIRST = 2_000
SEARCHED_EVERY = 100
"""Rows that are searched for secrets, which takes about a millisecond a row."""
_SAMPLES = 3


def survey_rows(
    entries: Iterable[Entry],
    spec: TrainingSpec,
    redact: Redact,
    tokenizer: Tokenizer | None = None,
    held_out: frozenset[int] = frozenset(),
) -> DataReport:
    """The report on `spec.data.path`. `held_out`: near hashes of the rows to evaluate on, where they have a file."""
    stream = iter(entries)
    start = list(islice(stream, LOOKED_AT))
    layout = layout_of(start, spec)
    if isinstance(layout, Problem):
        return _unread(spec.data, layout, _limited((start, stream), spec.data), redact)
    survey = _Survey(spec, layout, redact, tokenizer, held_out)
    for entry in _limited((start, stream), spec.data):
        survey.see(entry)
    return survey.told()


def layout_of(start: Sequence[Entry], spec: TrainingSpec) -> Layout | Problem:
    """The layout by the first rows."""
    return find_layout(spec.data, [one for one in start if isinstance(one, Record)], spec.objective)


def converted(entries: Iterable[Entry], spec: TrainingSpec) -> Iterator[tuple[int, Row]]:
    """The rows that the training reads, each with its line. Nothing where the layout is unknown."""
    stream = iter(entries)
    start = list(islice(stream, LOOKED_AT))
    layout = layout_of(start, spec)
    if isinstance(layout, Problem):
        return
    for entry in _limited((start, stream), spec.data):
        row = convert(entry, layout)
        if not isinstance(row, Drop):
            yield entry.line, row


def _limited(parts: Iterable[Iterable[Entry]], data: DataRef) -> Iterator[Entry]:
    return islice((entry for part in parts for entry in part), data.max_rows)


def _unread(data: DataRef, problem: Problem, entries: Iterable[Entry], redact: Redact) -> DataReport:
    """Of a file whose format nobody knows: which rows can't even be read."""
    unreadable, rows, unknown = DropCount(redact), 0, 0
    for entry in entries:
        rows += 1
        if isinstance(entry, Record):
            unknown += 1
        else:
            unreadable.add(Drop(entry.kind, entry.reason, entry.detail), entry.line)
    dropped = unreadable.told()
    found = [problem] if rows else count_problems(0, 0, data.path, Likeness())
    problems = [_redacted(one, redact) for one in (*found, *drop_problems(dropped, rows, data.path))]
    if unknown:
        dropped = (*dropped, Dropped(reason="the format is not known", kind="dataset_columns", count=unknown))
    return DataReport(path=data.path, format=data.format, rows=rows, dropped=dropped, problems=tuple(problems))


class _Survey:
    """What was seen so far."""

    def __init__(
        self,
        spec: TrainingSpec,
        layout: Layout,
        redact: Redact,
        tokenizer: Tokenizer | None,
        held_out: frozenset[int],
    ) -> None:
        self._spec, self._layout, self._redact = spec, layout, redact
        self._measuring = Measuring(tokenizer, spec.shape.seq_len) if tokenizer else None
        self._drops, self._likeness = DropCount(redact), LikenessCount(held_out)
        self._rows = self._kept = self._searched = self._held = 0
        self._share = 0.0 if spec.data.eval_path else spec.data.eval_share
        self._private: dict[str, int] = {}
        self._samples: list[MaskedSample] = []
        self._row_kind: RowKind | None = None

    def see(self, entry: Entry) -> None:
        """One row."""
        self._rows += 1
        row = convert(entry, self._layout)
        if isinstance(row, Drop):
            self._drops.add(row, entry.line)
            return
        self._kept += 1
        self._row_kind = kind_of(row)
        self._held += is_held_out(row, self._share, self._spec.seed)
        self._likeness.add(row, entry.line)
        self._look_closely(row, entry.line)

    def _look_closely(self, row: Row, line: int) -> None:
        masked = None
        if self._measuring and is_measured(self._kept):
            masked = self._measuring.measure(row, line)
        if not is_measured(self._kept, SEARCHED_FIRST, SEARCHED_EVERY):
            return
        self._searched += 1
        found = find_private(whole_text(row), self._redact)
        for kind in found:
            self._private[kind] = self._private.get(kind, 0) + 1
        if masked and not found and len(self._samples) < _SAMPLES:
            self._samples.append(self._sample(masked, line))

    def _sample(self, masked: Masked, line: int) -> MaskedSample:
        sample = masked_sample(masked, line, self._spec.shape.seq_len)
        pieces = tuple(piece.model_copy(update={"text": self._redact(piece.text)}) for piece in sample.pieces)
        return sample.model_copy(update={"pieces": pieces})

    def told(self) -> DataReport:
        """The report."""
        dropped, data = self._drops.told(), self._spec.data
        likeness = self._likeness.told()
        problems = [
            *drop_problems(dropped, self._rows, data.path),
            *count_problems(self._rows, self._kept, data.path, likeness),
            *private_problems(self._private, self._searched, data.path),
            *(self._measuring.problems(data.path) if self._measuring else ()),
        ]
        return DataReport(
            path=data.path,
            format=self._layout.format,
            columns=self._layout.columns,
            row_kind=self._row_kind,
            rows=self._rows,
            kept=self._kept,
            train_rows=self._kept - self._held,
            eval_rows=self._held,
            dropped=dropped,
            lengths=self._measuring.lengths.told() if self._measuring else None,
            likeness=likeness,
            private=self._private,
            searched=self._searched,
            problems=tuple(_redacted(one, self._redact) for one in problems),
            samples=tuple(self._samples),
        )


def _redacted(problem: Problem, redact: Redact) -> Problem:
    return problem.model_copy(update={"text": redact(problem.text), "advice": redact(problem.advice)})
