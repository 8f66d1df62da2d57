"""Reports and estimates as lines for people: the same in `aegis plan`, in a run's story and in its report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from muster.aegis.domain.attempts import Attempt
from muster.aegis.domain.data.report import DataReport, MaskedSample
from muster.aegis.domain.data.written import planted_told
from muster.aegis.domain.estimates import CostEstimate, Interval, MemoryEstimate
from muster.aegis.domain.intent.settling import Origin
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.spec import TrainingSpec


def spec_lines(spec: TrainingSpec, origins: Mapping[str, Origin]) -> Iterator[str]:
    """What somebody said, then the defaults."""
    yield from said_lines(spec, origins)
    yield from default_lines(spec, origins)


def said_lines(spec: TrainingSpec, origins: Mapping[str, Origin]) -> Iterator[str]:
    """`path: value  (who says it)` of what is no default."""
    for path, origin in origins.items():
        if origin.says != "default":
            yield f"{path}: {value_at(spec, path)}  ({origin.says}: {origin.where or origin.reason})"


def default_lines(spec: TrainingSpec, origins: Mapping[str, Origin]) -> Iterator[str]:
    """Of the defaults a line a block."""
    blocks: dict[str, list[str]] = {}
    for path, origin in origins.items():
        if origin.says == "default":
            block, _, name = path.rpartition(".")
            blocks.setdefault(block, []).append(f"{name} {value_at(spec, path)}")
    for block, values in blocks.items():
        yield f"by default {f'{block}: ' if block else ''}{', '.join(values)}"


def _plain(value: JsonValue) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(map(str, value)) or "none"
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def value_at(spec: TrainingSpec, path: str) -> str:
    """A value of the spec by its dotted path, as people read it."""
    document: JsonValue = spec.model_dump(mode="json")
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return _plain(document)


def data_lines(report: DataReport) -> Iterator[str]:
    """Counts, drops with their lines, lengths, likeness."""
    yield f"{report.path}: {report.rows} rows of format {report.format}, {report.kept} kept"
    for one in report.dropped:
        yield f"dropped {one.count}: {one.reason} ({', '.join(one.examples)})"
    if lengths := report.lengths:
        yield (
            f"tokens a row: p50 {lengths.p50}, p95 {lengths.p95}, longest {lengths.max}; "
            f"{lengths.cut} cut at {lengths.seq_len}; {lengths.trained_share:.0%} of the tokens are learnt"
        )
    if report.private:
        told = ", ".join(f"{kind} in {rows}" for kind, rows in report.private.items())
        yield f"personal data: {told} of {report.searched} rows"
    if report.planted:
        yield planted_told(report.planted)


def sample_lines(sample: MaskedSample) -> Iterator[str]:
    """A row as the training sees it: what is learnt stands in [brackets]."""
    text = "".join(f"[{piece.text}]" if piece.trained else piece.text for piece in sample.pieces)
    yield f"line {sample.line}, {sample.trained} of {sample.tokens} tokens learnt: {' '.join(text.split())}"


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """`error, where: text; advice`."""
    for one in problems:
        where = f", {one.where}" if one.where else ""
        yield f"{one.severity}{where}: {one.text}" + (f"; {one.advice}" if one.advice else "")


def memory_lines(memory: MemoryEstimate) -> Iterator[str]:
    """The total with its bounds, and its parts."""
    parts = ", ".join(f"{name} {gib:.2f}" for name, gib in memory.parts_gib.items() if gib >= 0.005)
    yield f"memory {span(memory.total_gib, 'GiB')} ({memory.peak} peak): {parts}"
    yield from memory.notes


def cost_line(cost: CostEstimate) -> str:
    """Where, whether it fits, how long, for how much."""
    count = f"{cost.gpus} x " if cost.gpus > 1 else ""
    fits = {"yes": "fits", "tight": "may not fit", "no": "does not fit"}[cost.fits]
    stale = f"; {cost.stale}" if cost.stale else ""
    return (
        f"{count}{cost.offer.gpu} of {cost.offer.provider}: {fits} in {cost.offer.memory_gib:g} GiB, "
        f"{time_span(cost.seconds)}, {dollars(cost.usd)}{stale}"
    )


def span(interval: Interval, unit: str) -> str:
    """`3.1 GiB (2.6 to 3.9)`."""
    return f"{interval.mid:.3g} {unit} ({interval.low:.3g} to {interval.high:.3g})"


def time_span(interval: Interval) -> str:
    """`12 min (5 min to 1 h 30 min)`."""
    low, mid, high = (duration(seconds) for seconds in (interval.low, interval.mid, interval.high))
    return f"{mid} ({low} to {high})"


def duration(seconds: float) -> str:
    """`45 s`, `12 min`, `1 h 12 min`, `2 d 3 h`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"


def dollars(interval: Interval) -> str:
    """`$0.12 ($0.08 to $0.30)`."""
    return f"${interval.mid:.2f} (${interval.low:.2f} to ${interval.high:.2f})"


def attempt_line(attempt: Attempt) -> str:
    """How a job ended, after how long, for how much."""
    loss = f", last loss {attempt.loss:.4g}" if attempt.loss is not None else ""
    steps = f", {attempt.steps} steps{loss}" if attempt.phase == "train" else ""
    return f"{attempt.name}: {attempt.how} after {attempt.seconds:.0f} s, ${attempt.usd:.2f}{steps}"


def aligned(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table's lines: columns as wide as their widest cell, two blanks between."""
    lines = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
