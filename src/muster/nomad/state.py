"""What a run knows, frozen, and the partial updates that nodes return."""

from operator import add
from typing import Annotated, Literal, TypedDict, TypeVar, overload

from pydantic import BaseModel, ConfigDict

from muster.core.gates.questions import AnswerValue, Form
from muster.core.repairs import Repair
from muster.core.runs.events import RunEvent
from muster.nomad.domain.candidates import Candidate
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.service_states import ServiceState
from muster.nomad.domain.existing.chosen_file import ChosenFile
from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.outcomes import Cause, Outcome, PlanOutcome, Registered, Registration
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.profile import Analysis
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.remembering.lesson import Trial
from muster.nomad.domain.remembering.remembered import Remembered
from muster.nomad.domain.spec import JobSpec
from muster.nomad.ports import ClusterFacts

Goal = Literal["spec", "plan", "healthy"]
"""Where a run ends: a written spec (`generate`), a dry run (`plan`), a healthy job (`deploy`)."""


class State(BaseModel):
    """Everything about one run of nomad-spec."""

    model_config = ConfigDict(frozen=True)

    source: str
    prompt: str = ""
    goal: Goal = "healthy"
    prepared: list[str] = []
    """The sources that the answers file selects, where it does."""
    given: list[str] = []
    """Ids of the questions that were answered in advance: the bound of questions is none for them."""
    remember: list[str] = []
    """Questions whose answers are kept for the next run of this application."""

    services: list[ServiceState] = []
    """How the services were at the start."""
    without: list[str] = []
    """The services that this run goes on without."""
    name: str = ""
    wishes: Wishes = Wishes()
    evidence: list[Evidence] = []
    candidates: list[Candidate] = []
    selected: list[str] = []
    analysis: Analysis | None = None
    job_file: ChosenFile | None = None
    """The job file that is the base of this run: then the spec is what a spec can hold of it."""
    cluster: ClusterFacts | None = None
    estate: EstateFacts | None = None
    """None: nothing around the cluster is configured."""
    remembered: Remembered = Remembered()

    form: Form | None = None
    answers: dict[str, AnswerValue] = {}

    spec: JobSpec | None = None
    hcl: str = ""
    findings: list[Finding] = []
    """What the checks before the plan found, beside what makes the job invalid."""
    accepted: list[str] = []
    """The findings that a person deploys in spite of."""
    plan: PlanOutcome | None = None
    stale: int = 0
    """How many plans in a row were stale when they should have been registered."""
    new_job: bool | None = None
    """Whether nothing of that name ran at the first plan: there is nothing to revert to."""
    approved: bool | None = None
    registration: Registration | None = None
    standing: Registered | None = None
    """The last registration of this run that the cluster took: what has to be undone if all fails."""
    outcome: Outcome | None = None
    cause: Cause | None = None
    proposals: list[Repair[SpecPatch]] = []
    repairs: list[Repair[SpecPatch]] = []
    trials: list[Trial] = []
    """What each repair was tried on, in their order."""
    cleaned: str = ""

    events: Annotated[list[RunEvent], add] = []


class Update(TypedDict, total=False):
    """A part of State, as a node returns it."""

    services: list[ServiceState]
    without: list[str]
    name: str
    wishes: Wishes
    evidence: list[Evidence]
    candidates: list[Candidate]
    selected: list[str]
    analysis: Analysis | None
    job_file: ChosenFile | None
    cluster: ClusterFacts | None
    estate: EstateFacts | None
    remembered: Remembered
    form: Form | None
    answers: dict[str, AnswerValue]
    spec: JobSpec | None
    hcl: str
    findings: list[Finding]
    accepted: list[str]
    plan: PlanOutcome | None
    stale: int
    new_job: bool | None
    approved: bool | None
    registration: Registration | None
    standing: Registered | None
    outcome: Outcome | None
    cause: Cause | None
    proposals: list[Repair[SpecPatch]]
    repairs: list[Repair[SpecPatch]]
    trials: list[Trial]
    cleaned: str
    events: list[RunEvent]


Value = TypeVar("Value")
Narrow = TypeVar("Narrow")


@overload
def needed(value: Value | None) -> Value: ...
@overload
def needed(value: object, kind: type[Narrow]) -> Narrow: ...
def needed(value: object, kind: type[object] = object) -> object:
    """The value, which an earlier node must have stored. Raises TypeError: the graph is wired wrongly."""
    if value is None or not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__} from an earlier node, found {value!r}")
    return value
