"""The analyst with a model: it reads excerpts about what the rules left open, and says so with the lines that show it.

What it says is untrusted: `domain.modelled` holds it against the lines and against what is open.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import basename

from muster.core.errors import BudgetError, ServiceError
from muster.core.llm.ports import Completed, Model, Unusable
from muster.core.prompts.library import PromptLibrary
from muster.core.prompts.uses import PromptUse
from muster.core.redaction import redact
from muster.nomad.domain.analysis_table import analysis_table
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.modelled.answers import (
    AnalysisAnswer,
    GpuAnswer,
    MakefileComposeAnswer,
    MakefileDockerAnswer,
    PortsAnswer,
    RepositoryAnswer,
    VariablesAnswer,
    WorkloadAnswer,
)
from muster.nomad.domain.modelled.citing import Shown
from muster.nomad.domain.modelled.claims import claims_of
from muster.nomad.domain.modelled.excerpts import (
    COMPUTING,
    LISTENING,
    LIVING,
    MAKEFILES,
    VARIABLES,
    pick_excerpts,
    whole_file,
)
from muster.nomad.domain.modelled.judging import compose_notes, judge_claims
from muster.nomad.domain.modelled.open_points import OpenPoints, open_points
from muster.nomad.domain.profile import Analysis
from muster.nomad.domain.units import folder_of
from muster.nomad.ports import Additions, Analyst, Codebase
from muster.nomad.prompt_uses import (
    ANALYSIS,
    APP_CODE,
    GPU,
    MAKEFILE_COMPOSE,
    MAKEFILE_DOCKER,
    PORTS,
    WORKLOAD,
)

MOST_SERVICES = 4
"""So many services of one repository are asked about, each with at most six questions."""
_MOST_NOTES = 5
_MOST_NOTE = 300
_DOCKER = re.compile(r"\b(?:docker|podman)\b")
_COMPOSE = re.compile(r"docker[- ]compose|podman-compose|COMPOSE")
_EVERYTHING = re.compile("|".join(one.pattern for one in (LISTENING, VARIABLES, LIVING)), re.IGNORECASE)


@dataclass(frozen=True)
class Inquiry:
    """One question to the model: the prompt, the form of its answer, and what it is shown."""

    use: PromptUse
    schema: type[RepositoryAnswer]
    shown: Shown
    points: OpenPoints


class ModelAnalyst:
    """Satisfies `Analyst`: adds to what the rules say, about what is open, and never fails for want of a model."""

    def __init__(self, rules: Analyst, model: Model, prompts: PromptLibrary, codebase: Codebase) -> None:
        self._rules = rules
        self._model = model
        self._prompts = prompts
        self._codebase = codebase

    def add(self, source: str, evidence: Sequence[Evidence], analysis: Analysis) -> Additions:
        """Ask about each gap; a model that is away, over budget or wrong leaves the rules alone. Raises SourceError."""
        added = self._rules.add(source, evidence, analysis)
        points = open_points(analysis)[:MOST_SERVICES]
        if not points:
            return added
        files = tuple(_without_secrets(self._codebase.material(source)))
        try:
            for one in points:
                for inquiry in inquiries(one, files, evidence):
                    added = _joined(added, self._ask(inquiry, analysis))
        except (ServiceError, BudgetError) as error:
            return _joined(added, Additions(warnings=(f"{error.message}; rules go on alone",)))
        return added

    def _ask(self, inquiry: Inquiry, analysis: Analysis) -> Additions:
        known = {"known": _known(analysis, inquiry.points.service)}
        values = {name: known.get(name, inquiry.shown.text) for name in inquiry.use.variables}
        prompt = self._prompts.prompt(inquiry.use, values)
        match self._model.complete(prompt, inquiry.schema):
            case Unusable(reason=reason):
                return Additions(warnings=(f"{inquiry.use.name}: the answer of the model is no use: {reason}",))
            case Completed(answer=answer):
                return _judged(answer, inquiry)


def inquiries(points: OpenPoints, files: Sequence[SourceFile], evidence: Sequence[Evidence]) -> Iterator[Inquiry]:
    """What there is to ask about a service, the plainest first; nothing where nothing can be shown."""
    made = {one.source for one in evidence}
    cited = tuple(dict.fromkeys(one.where.partition(":")[0] for one in evidence if one.unit == points.unit))
    folder = folder_of(points.unit) if points.unit.partition(":")[0] in ("folder", "dockerfile") else ""
    for use, schema, about in _due(points):
        shown = pick_excerpts(files, about, folder=folder, cited=cited)
        if shown.files:
            yield Inquiry(use, schema, shown, points)
    makefile = next((file for file in files if basename(file.path) in MAKEFILES), None)
    if makefile is None or "makefile" in made:
        return
    if _DOCKER.search(makefile.text) and (points.port or points.variables):
        yield Inquiry(MAKEFILE_DOCKER, MakefileDockerAnswer, whole_file(makefile), points)
    if _COMPOSE.search(makefile.text):
        yield Inquiry(MAKEFILE_COMPOSE, MakefileComposeAnswer, whole_file(makefile), points)


def _due(points: OpenPoints) -> Iterator[tuple[PromptUse, type[RepositoryAnswer], re.Pattern[str]]]:
    if points.language:
        yield ANALYSIS, AnalysisAnswer, _EVERYTHING
    if points.port or points.health:
        yield PORTS, PortsAnswer, LISTENING
    if points.variables:
        yield APP_CODE, VariablesAnswer, VARIABLES
    if points.workload:
        yield WORKLOAD, WorkloadAnswer, LIVING
    if points.gpu:
        yield GPU, GpuAnswer, COMPUTING


def _judged(answer: RepositoryAnswer, inquiry: Inquiry) -> Additions:
    judged = judge_claims(claims_of(answer), inquiry.points, inquiry.shown)
    found = compose_notes(answer, inquiry.shown) if isinstance(answer, MakefileComposeAnswer) else ()
    said = tuple(" ".join(note.split())[:_MOST_NOTE] for note in answer.notes[:_MOST_NOTES])
    left_out = tuple(f"{inquiry.use.name}: left out what the model says of {one}" for one in judged.left_out)
    return Additions(evidence=judged.evidence, notes=(*found, *said), warnings=left_out)


def _joined(one: Additions, other: Additions) -> Additions:
    """Both; of evidence that says the same of the same unit only the first."""
    seen = {(item.unit, item.fact.model_dump_json()) for item in one.evidence}
    fresh = tuple(item for item in other.evidence if (item.unit, item.fact.model_dump_json()) not in seen)
    return Additions(
        evidence=(*one.evidence, *fresh),
        notes=(*one.notes, *other.notes),
        warnings=(*one.warnings, *other.warnings),
    )


def _without_secrets(files: Sequence[SourceFile]) -> Iterator[SourceFile]:
    """The files, redacted; one that holds a secret of several lines is left out: its lines would be misnumbered."""
    for file in files:
        text = redact(file.text)
        if text.count("\n") == file.text.count("\n"):
            yield SourceFile(path=file.path, text=text)


def _known(analysis: Analysis, service: str) -> str:
    rows = (row for row in analysis_table(analysis) if row.service == service)
    return "\n".join(
        f"{row.service}.{row.field}: {row.value}" + (f" ({row.where}, {row.reason})" if row.where else "")
        for row in rows
    )
