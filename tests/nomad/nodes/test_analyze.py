"""Adding to the analysis what rules could not settle."""

from dataclasses import dataclass

from muster.nomad.domain.candidates import chosen, find_candidates
from muster.nomad.domain.existing.chosen_file import ChosenFile
from muster.nomad.domain.facts import CommandFact, Evidence, PortFact
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.nodes.analyze import analyze_sources
from muster.nomad.ports import Additions
from muster.nomad.state import State
from nomad.fakes import runtime

UNIT = "dockerfile:Dockerfile"
SAID = [
    Evidence(unit=UNIT, fact=CommandFact(command=("./shop",)), source="dockerfile", where="Dockerfile:3", reason="CMD")
]
CANDIDATES = find_candidates(SAID, name="shop")
PORT = Evidence(unit=UNIT, fact=PortFact(port=8123), source="model", where="main.c:5", reason="read so", confidence=0.5)


@dataclass
class SayingAnalyst:
    """Satisfies `Analyst`: says this."""

    said: Additions

    def add(self, source, evidence, analysis):
        return self.said


def state(**more: object) -> State:
    selected = list(chosen(CANDIDATES))
    analysis = merge_evidence(SAID, CANDIDATES, selected, name="shop")
    given = {
        "evidence": SAID,
        "candidates": list(CANDIDATES),
        "selected": selected,
        "analysis": analysis,
        "name": "shop",
    }
    return State(source=".").model_copy(update={**given, **more})


def test_without_a_model_nothing_changes() -> None:
    assert analyze_sources(state(), runtime()) == {"events": []}


def test_what_is_added_joins_the_evidence_and_is_merged_again() -> None:
    update = analyze_sources(state(), runtime(analyst=SayingAnalyst(Additions(evidence=(PORT,)))))
    assert update["evidence"] == [*SAID, PORT]
    assert [one.value.port for one in update["analysis"].services[0].ports] == [8123]
    (event,) = update["events"]
    assert event.text == "the model adds port (main.c:5)"


def test_warnings_are_told() -> None:
    update = analyze_sources(state(), runtime(analyst=SayingAnalyst(Additions(warnings=("vLLM is away",)))))
    assert [(one.kind, one.text) for one in update["events"]] == [("warned", "vLLM is away")]
    assert "analysis" not in update


def test_a_job_file_that_is_the_base_is_not_added_to() -> None:
    chosen_file = ChosenFile.model_construct()
    assert (
        analyze_sources(state(job_file=chosen_file), runtime(analyst=SayingAnalyst(Additions(evidence=(PORT,))))) == {}
    )
