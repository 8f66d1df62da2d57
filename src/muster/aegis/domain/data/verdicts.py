"""What the counts of a survey mean: too few rows, repeated ones, leaks, things that are nobody's business."""

from collections.abc import Iterator, Mapping

from muster.aegis.domain.data.likeness import Likeness
from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.preflight.problem import Problem, error, warning
from muster.aegis.domain.spec import TrainingSpec

FEW_ROWS = 10
"""A training on fewer learns them by heart."""
MANY_AGAIN = 0.01
MANY_LEAKED = 0.01


def count_problems(rows: int, kept: int, path: str, likeness: Likeness) -> list[Problem]:
    """Of how many rows there are, and how alike."""
    if not kept:
        text = f"none of the {rows} rows can be trained on" if rows else f"{path} has no rows"
        return [error("dataset_empty", text, where=path, advice="give a file of rows in one of the known formats")]
    few = f"only {kept} rows: a training learns them by heart"
    found = [warning("dataset_empty", few, where=path, advice="a hundred rows are a start")] if kept < FEW_ROWS else []
    return [*found, *_likeness_problems(kept, path, likeness)]


def split_problems(report: DataReport, spec: TrainingSpec, *, trains: bool = True) -> Iterator[Problem]:
    """Of rows that all stand on one side of the split: they fall by their words, so equal ones fall together."""
    if not report.kept:
        return
    where, kept = "data.eval_share", "the one row" if report.kept == 1 else f"all {report.kept} rows"
    if trains and not report.train_rows:
        advice = "give more rows, or a smaller data.eval_share"
        yield error("dataset_empty", f"{kept} would be held out, and none trained on", where=where, advice=advice)
    if spec.evaluation.enabled and not report.eval_rows:
        advice = "name rows to evaluate on by data.eval_path, give more rows, or a larger data.eval_share"
        advice += "; or say `no evaluation`" if trains else ""
        text = f"{kept} would be trained on, and none held out to evaluate on"
        yield error("dataset_empty", text, where=where, advice=advice)


def _likeness_problems(kept: int, path: str, likeness: Likeness) -> list[Problem]:
    found: list[Problem] = []
    if likeness.exact + likeness.near > MANY_AGAIN * kept:
        text = f"{likeness.exact} of {kept} rows stand there more than once, {likeness.near} more differ in signs alone"
        advice = "remove them, unless they are to count more"
        found.append(warning("dataset_duplicates", text, where=path, advice=advice))
    if likeness.leaked:
        how = error if likeness.leaked > MANY_LEAKED * kept else warning
        lines = ", ".join(map(str, likeness.leaks))
        text = f"{likeness.leaked} of {kept} rows are also in the data to evaluate on (lines {lines} ...)"
        advice = "remove them from one of the files: the evaluation would measure memory"
        found.append(how("dataset_leak", text, where=path, advice=advice))
    return found


def private_problems(private: Mapping[str, int], searched: int, path: str) -> list[Problem]:
    """Of personal data and secrets; a secret refuses the run, for a model says it again to anybody."""
    return [
        (error if kind == "secret" else warning)(
            "dataset_private",
            f"{count} of {searched} searched rows hold what looks like a {kind}",
            where=path,
            advice="replace it by a placeholder before training: what is learnt can be said again",
        )
        for kind, count in sorted(private.items())
    ]
