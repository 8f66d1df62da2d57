"""What a run knows, frozen, and the partial updates that nodes return."""

from operator import add
from typing import Annotated, TypedDict, TypeVar

from pydantic import BaseModel, ConfigDict

from muster.aegis.domain.attempts import Attempt, Launch
from muster.aegis.domain.budget.decide import Decision
from muster.aegis.domain.data.written import Written
from muster.aegis.domain.diagnosis import Diagnosis
from muster.aegis.domain.estimates import CostEstimate
from muster.aegis.domain.evaluation.judge import Judgement
from muster.aegis.domain.evaluation.measured import Measurement
from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.settling import Origin
from muster.aegis.domain.intent.yaml_spec import YamlSpec
from muster.aegis.domain.preflight.input_facts import InputFacts
from muster.aegis.domain.repairs import SpecRepair
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.workload import Ended, Job
from muster.core.gates.questions import AnswerValue, Form
from muster.core.runs.events import RunEvent


class State(BaseModel):
    """Everything about one run of aegis."""

    model_config = ConfigDict(frozen=True)

    words: str = ""
    yaml_spec: YamlSpec | None = None
    only_eval: bool = False
    """Nothing is trained: `artefact` is given, and evaluated."""

    intent: Intent | None = None
    form: Form | None = None
    """What has to be answered before there is a spec."""
    answers: dict[str, AnswerValue] = {}
    first_spec: TrainingSpec | None = None
    """As it was asked for, before any repair."""
    spec: TrainingSpec | None = None
    origins: dict[str, Origin] = {}
    inputs: InputFacts | None = None
    """Without the sample rows."""

    estimate: CostEstimate | None = None
    decision: Decision | None = None
    savings: list[SpecRepair] = []
    """What `optimize` offers."""
    used: list[str] = []
    """Subjects of the permits given so far."""
    spent_usd: float = 0.0

    written: Written | None = None
    checkpoint: str = ""
    """To go on from, relative to the run's folder."""
    launch: Launch | None = None
    job: Job | None = None
    ended: Ended | None = None
    collected: list[str] = []
    attempts: list[Attempt] = []
    diagnosis: Diagnosis | None = None
    proposals: list[SpecRepair] = []
    repairs: list[SpecRepair] = []

    artefact: str = ""
    """Folder of what the last sound training saved."""
    measurement: Measurement | None = None
    judgement: Judgement | None = None
    halted: str = ""
    """Why the run ends before its work is done."""
    hashes: dict[str, str] = {}
    """SHA-256 of what was used and made, by its name."""

    events: Annotated[list[RunEvent], add] = []

    @property
    def attempt(self) -> int:
        """Of this spec, from 1."""
        return len(self.repairs) + 1


class Update(TypedDict, total=False):
    """A part of State, as a node returns it."""

    intent: Intent | None
    form: Form | None
    answers: dict[str, AnswerValue]
    first_spec: TrainingSpec | None
    spec: TrainingSpec | None
    origins: dict[str, Origin]
    inputs: InputFacts | None
    estimate: CostEstimate | None
    decision: Decision | None
    savings: list[SpecRepair]
    used: list[str]
    spent_usd: float
    written: Written | None
    checkpoint: str
    launch: Launch | None
    job: Job | None
    ended: Ended | None
    collected: list[str]
    attempts: list[Attempt]
    diagnosis: Diagnosis | None
    proposals: list[SpecRepair]
    repairs: list[SpecRepair]
    artefact: str
    measurement: Measurement | None
    judgement: Judgement | None
    halted: str
    hashes: dict[str, str]
    events: list[RunEvent]


Value = TypeVar("Value")


def needed(value: Value | None) -> Value:
    """The value, which an earlier node must have stored. Raises TypeError: the graph is wired wrongly."""
    if value is None:
        raise TypeError("a value is missing that an earlier node stores")
    return value
