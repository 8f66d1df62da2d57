"""What aegis needs of the world, in its own words. Adapters live in `executors`, `generators`; fakes in the tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.data.written import Written
from muster.aegis.domain.evaluation.measured import Measurement
from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.preflight.target_facts import CheckpointFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.workload import Ended, Job, Metric, Stopping, Workload


class Executor(Protocol):
    """Runs workloads. Every method raises a ServiceError when what it runs on is away."""

    @property
    def name(self) -> str:
        """`sandbox`, `docker`, `modal` or `nomad`."""
        ...

    def find(self, name: str) -> Job | None:
        """The job of that workload's name, if it was ever launched: asked before launching, after a crash too."""
        ...

    def submit(self, workload: Workload) -> Job:
        """Launch it. Raises UsageError where this executor can't run it as safely as it promises."""
        ...

    def follow(self, job: Job, see: Callable[[Metric], Stopping | None]) -> Ended:
        """Watch it to its end; `see` gets every metric, and ends the job by naming why.

        While no metric comes, `see` gets a heartbeat now and then, so that a budget or a stall is noticed in silence.
        An interrupted follow leaves the job running: it can be followed again, and tells all metrics again.
        """
        ...

    def stop(self, job: Job, why: Stopping) -> None:
        """Ask it to write a checkpoint and leave (SIGTERM), then insist; returns when it is asked, and `follow` tells
        its end. Safe to call again: the first reason stands."""
        ...

    def collect(self, job: Job, into: Path) -> tuple[str, ...]:
        """Bring its outputs into a folder; the paths, relative to it. Nothing is invented for what is missing."""
        ...


class Inputs(Protocol):
    """What a training is made from: a base model and rows. Nothing of it is run."""

    def model(self, spec: TrainingSpec) -> ModelFacts:
        """What the model's folder holds; a hub's model is fetched first. Raises MissingExtraError without the extra
        `aegis`, ServiceError where the hub is away, SourceError where it has no such model."""
        ...

    def model_folder(self, spec: TrainingSpec) -> str:
        """Where the model lies on this machine, once it was looked at."""
        ...

    def artefact(self, path: str) -> tuple[Problem, ...]:
        """What is wrong with the folder that a training saved: an adapter, or a whole model."""
        ...

    def checkpoint(self, path: str) -> CheckpointFacts:
        """A checkpoint to go on from."""
        ...

    def data(self, spec: TrainingSpec) -> DataReport:
        """What was found in the rows, those to evaluate on too; whatever the bytes, a report."""
        ...

    def task(self, path: str) -> tuple[Problem, ...]:
        """What is wrong with an lm-eval task's YAML."""
        ...

    def copy_task(self, path: str, into: Path) -> None:
        """The lm-eval task and the files that it names, and nothing else of its folder."""
        ...

    def write(self, spec: TrainingSpec, into: Path) -> Written:
        """The rows as the training reads them. Raises SourceError where they can't be read."""
        ...


class IntentParser(Protocol):
    """Reads what a user wants."""

    def parse(self, text: str) -> Intent:
        """What the words ask for; what was not said stays None, what was not understood is listed."""
        ...


class CodeGenerator(Protocol):
    """Writes scripts that run by themselves, without muster. Values of a spec are data in them, never code."""

    def training(self, spec: TrainingSpec) -> str:
        """The script that trains; it reads `inputs/model`, `inputs/data.jsonl`, `inputs/eval.jsonl` where there is one,
        and resumes from `inputs/checkpoint` where there is one. Raises UsageError for a spec that no script does."""
        ...

    def evaluation(self, spec: TrainingSpec) -> str:
        """The script that evaluates `inputs/artefact` against `inputs/model` on `inputs/eval.jsonl`; it reads
        `inputs/canaries.json` where there is one, and the spec's Nth task with its files in `inputs/task-N`."""
        ...


class Workspace(Protocol):
    """Where a run keeps its files: scripts, converted rows, outputs of its jobs. Nothing else of a run is a file."""

    @property
    def data(self) -> Path:
        """Folder of the converted rows."""
        ...

    def keep_script(self, name: str, text: str) -> str:
        """Write a job's script; its SHA-256."""
        ...

    def script(self, name: str) -> str:
        """A job's script, as it was kept."""
        ...

    def outputs(self, name: str) -> Path:
        """Folder for what a job leaves."""
        ...

    def path(self, relative: str) -> Path:
        """A file or folder by its path relative to the run's folder."""
        ...

    def last_checkpoint(self, name: str, *, before_step: int | None = None) -> str:
        """The newest whole checkpoint that a job left, relative to the run's folder; empty: none."""
        ...

    def measurement(self, name: str) -> Measurement | None:
        """What an evaluation measured; None where its job left nothing that can be read."""
        ...

    def metrics(self, name: str) -> bytes:
        """The lines that a job told, while it runs too: bounded, and not to be trusted; empty where nothing is."""
        ...

    def digest(self, path: Path) -> str:
        """SHA-256 of a file, or of all files of a folder with their names; empty where nothing is."""
        ...
