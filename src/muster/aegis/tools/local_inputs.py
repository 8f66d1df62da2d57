"""What a training is made from, on this machine: the model's folder and the rows, looked at and converted."""

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from muster.aegis.domain.data.canaries import Canary, make_canaries, planted_rows
from muster.aegis.domain.data.likeness import is_held_out, near_hash
from muster.aegis.domain.data.masking import Tokenizer
from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.data.rows import Row, as_json
from muster.aegis.domain.data.survey import converted, survey_rows
from muster.aegis.domain.data.written import Written
from muster.aegis.domain.preflight.artefact_checks import check_artefact
from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.preflight.target_facts import CheckpointFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.tools.artefact_folder import look_at_artefact
from muster.aegis.tools.checkpoint_folder import look_at_checkpoint
from muster.aegis.tools.data_files import DataFile, open_data
from muster.aegis.tools.model_folder import look_at_model
from muster.aegis.tools.task_files import copy_task, look_at_task
from muster.aegis.tools.tokenizer_files import read_tokenizer
from muster.core.errors import SourceError
from muster.core.redaction import redact


class LocalInputs:
    """Satisfies the port Inputs."""

    def model(self, spec: TrainingSpec) -> ModelFacts:
        """The folder that `model.path` names."""
        return look_at_model(spec.model.path)

    def model_folder(self, spec: TrainingSpec) -> str:
        """It is named so."""
        return spec.model.path

    def artefact(self, path: str) -> tuple[Problem, ...]:
        """The folder's weights and tokenizer, and whether it is an adapter or a model."""
        return tuple(check_artefact(look_at_artefact(path)))

    def checkpoint(self, path: str) -> CheckpointFacts:
        """A checkpoint to go on from."""
        return look_at_checkpoint(path)

    def data(self, spec: TrainingSpec) -> DataReport:
        """The rows of `data.path`, and those of `data.eval_path` where it is given."""
        file, held = open_data(Path(spec.data.path)), _eval_file(spec)
        if isinstance(file, Problem):
            return _refused(spec, file)
        if isinstance(held, Problem):
            return _refused(spec, held)
        hashes = frozenset(near_hash(row) for _, row in converted(held.entries(), spec)) if held else frozenset[int]()
        report = survey_rows(file.entries(), spec, redact, _tokenizer(spec), hashes)
        planted = planted_rows(spec.evaluation) if report.kept else 0
        report = report.model_copy(update={"problems": (*file.notes, *report.problems), "planted": planted})
        return _with_eval_file(report, held, spec) if held else report

    def task(self, path: str) -> tuple[Problem, ...]:
        """Whether the YAML is there."""
        return tuple(look_at_task(Path(path)))

    def copy_task(self, path: str, into: Path) -> None:
        """From beside its YAML."""
        copy_task(Path(path), into)

    def write(self, spec: TrainingSpec, into: Path) -> Written:
        """The converted rows as `train.jsonl` and `eval.jsonl`, and the spec's canaries behind those to train on.

        Without an eval file a share is held out by a hash of the words, the same for the same seed. Raises SourceError
        where the files can't be read."""
        held = _eval_file(spec)
        rows = (row for _, row in converted(_opened(open_data(Path(spec.data.path))).entries(), spec))
        into.mkdir(parents=True, exist_ok=True)
        if held:
            others = (row for _, row in converted(_opened(held).entries(), spec))
            return _written(into, chain(((row, False) for row in rows), ((row, True) for row in others)), spec)
        share, seed = spec.data.eval_share, spec.seed
        return _written(into, ((row, is_held_out(row, share, seed)) for row in rows), spec)


def _written(into: Path, rows: Iterable[tuple[Row, bool]], spec: TrainingSpec) -> Written:
    train, held = into / "train.jsonl", into / "eval.jsonl"
    counts, first = [0, 0], None
    with train.open("w", encoding="utf-8") as one, held.open("w", encoding="utf-8") as other:
        for row, is_held in rows:
            first = first or row
            counts[is_held] += 1
            (other if is_held else one).write(_line(row))
    written = Written(train=str(train), eval=str(held), train_rows=counts[0], eval_rows=counts[1])
    return _planted(written, make_canaries(spec, first), into) if first and all(counts) else written


def _planted(written: Written, canaries: Sequence[Canary], into: Path) -> Written:
    """Behind the rows: the training shuffles them. Where nothing is held out, nothing is evaluated nor planted."""
    if not canaries:
        return written
    told = into / "canaries.json"
    told.write_text(json.dumps([one.as_judged() for one in canaries], ensure_ascii=False), encoding="utf-8")
    with Path(written.train).open("a", encoding="utf-8") as file:
        file.writelines(_line(one.row) for one in canaries for _ in range(one.repeats))
    planted = sum(one.repeats for one in canaries)
    return written.model_copy(update={"canaries": str(told), "planted": planted})


def _line(row: Row) -> str:
    return json.dumps(as_json(row), ensure_ascii=False) + "\n"


def _tokenizer(spec: TrainingSpec) -> Tokenizer | None:
    """The model's, where it can be read; the look at the model says why not."""
    loaded = read_tokenizer(Path(spec.model.path))
    return None if isinstance(loaded, str) else loaded


def _eval_file(spec: TrainingSpec) -> DataFile | Problem | None:
    return open_data(Path(spec.data.eval_path)) if spec.data.eval_path else None


def _with_eval_file(report: DataReport, held: DataFile, spec: TrainingSpec) -> DataReport:
    """With the rows to evaluate on, and what refuses them: their format, their encoding, that there are none."""
    data = spec.data.model_copy(update={"path": str(held.path), "eval_path": None})
    found = survey_rows(held.entries(), spec.model_copy(update={"data": data}), redact)
    problems = (*held.notes, *found.problems, *report.problems)
    return report.model_copy(update={"eval_rows": found.kept, "problems": problems})


def _refused(spec: TrainingSpec, problem: Problem) -> DataReport:
    return DataReport(path=spec.data.path, format=spec.data.format, problems=(problem,))


def _opened(file: DataFile | Problem) -> DataFile:
    if isinstance(file, Problem):
        raise SourceError(file.text, advice=file.advice)
    return file
