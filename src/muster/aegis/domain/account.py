"""The parts of a report as Markdown: pure, and every text of a job made harmless in a table."""

from collections.abc import Mapping, Sequence

import yaml

from muster.aegis.domain.attempts import Attempt
from muster.aegis.domain.estimates import Interval
from muster.aegis.domain.evaluation.judge import Judgement
from muster.aegis.domain.repairs import SpecRepair
from muster.aegis.domain.spec import TrainingSpec


def spec_yaml(spec: TrainingSpec) -> str:
    """The whole spec, as `aegis run FILE` reads it."""
    return yaml.safe_dump(spec.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def changes_list(repairs: Sequence[SpecRepair]) -> str:
    """Each change with its reason, expected effect and diff."""
    parts = [
        f"{number}. {one.reason}; expected: {one.expected_effect}\n\n   ```text\n{_indented(one.diff)}\n   ```"
        for number, one in enumerate(repairs, 1)
    ]
    return "\n".join(parts)


def attempts_table(attempts: Sequence[Attempt], spent_usd: float) -> str:
    """A row a job, and the sum."""
    rows = [
        (one.name, one.how, f"{one.seconds:.1f}", f"{one.usd:.4f}", str(one.steps), _number(one.loss))
        for one in attempts
    ]
    seconds = sum(one.seconds for one in attempts)
    rows.append(("all", "", f"{seconds:.1f}", f"{spent_usd:.4f}", "", ""))
    return table(("job", "how it ended", "seconds", "dollars", "steps", "last loss"), rows)


def verdicts_table(judgement: Judgement) -> str:
    """A row a metric, with its 95 % interval."""
    rows = [
        (one.metric, one.outcome, _interval(one.measured), _number(one.threshold), one.reason)
        for one in judgement.verdicts
    ]
    return f"**{judgement.overall}**\n\n" + table(("metric", "outcome", "measured (95 %)", "threshold", "why"), rows)


def hashes_table(hashes: Mapping[str, str]) -> str:
    """SHA-256 by name; a folder's is of its files' names and hashes."""
    return table(("what", "SHA-256"), [(name, f"`{digest}`") for name, digest in hashes.items()])


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    lines = [heads, ["---"] * len(heads), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _interval(measured: Interval | None) -> str:
    return f"{measured.mid:.4g} ({measured.low:.4g} to {measured.high:.4g})" if measured else ""


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines())
