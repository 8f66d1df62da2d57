"""Reports and estimates as lines for people: the same in `aegis plan`, in a run's story and in its report."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from muster.aegis.domain.attempts import Attempt
from muster.aegis.domain.data.report import DataReport, MaskedSample
from muster.aegis.domain.data.written import planted_told
from muster.aegis.domain.estimates import CostEstimate, Interval, MemoryEstimate
from muster.aegis.domain.intent.settling import Origin
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.spec import TrainingSpec


def spec_lines(spec: TrainingSpec, origins: Mapping[str, Origin]) -> Iterator[str]:
    """`path: value  (who says it)`, what somebody said first."""
    document = spec.model_dump(mode="json")
    for path, origin in sorted(origins.items(), key=lambda one: one[1].says == "default"):
        said = "default" if origin.says == "default" else origin.says
        yield f"{path}: {_value_at(document, path)}  ({said}: {origin.where or origin.reason})"


def _value_at(document: JsonValue, path: str) -> JsonValue:
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document


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
        f"{span(cost.seconds, 's')}, {dollars(cost.usd)}{stale}"
    )


def span(interval: Interval, unit: str) -> str:
    """`3.1 GiB (2.6 to 3.9)`."""
    return f"{interval.mid:.3g} {unit} ({interval.low:.3g} to {interval.high:.3g})"


def dollars(interval: Interval) -> str:
    """`$0.12 ($0.08 to $0.30)`."""
    return f"${interval.mid:.2f} (${interval.low:.2f} to ${interval.high:.2f})"


def attempt_line(attempt: Attempt) -> str:
    """How a job ended, after how long, for how much."""
    loss = f", last loss {attempt.loss:.4g}" if attempt.loss is not None else ""
    steps = f", {attempt.steps} steps{loss}" if attempt.phase == "train" else ""
    return f"{attempt.name}: {attempt.how} after {attempt.seconds:.0f} s, ${attempt.usd:.2f}{steps}"
