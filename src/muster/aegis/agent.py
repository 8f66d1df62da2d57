"""aegis as the core sees it: one value."""

from collections.abc import Mapping
from pathlib import Path

from langgraph.graph import StateGraph

from muster.aegis.context import Context
from muster.aegis.domain.account import attempts_table, changes_list, hashes_table, spec_yaml, verdicts_table
from muster.aegis.graph import build_graph
from muster.aegis.places import service_checks
from muster.aegis.reporting.files import files_of
from muster.aegis.settings import AegisSettings, Options
from muster.aegis.state import State
from muster.aegis.tools.disk_workspace import DiskWorkspace
from muster.aegis.wiring import open_context
from muster.core.agent import Agent, Section, Verdict
from muster.core.runs.report import Account
from muster.core.settings import load_settings


def load() -> AegisSettings:
    """The settings, from the environment and `.env`."""
    return load_settings(AegisSettings)


def graph_of(options: Options) -> StateGraph[State, Context, State, State]:
    """One graph for all options."""
    return build_graph()


def verdict_of(state: State) -> Verdict:
    """Whether the work is good, and one sentence about it."""
    if state.halted:
        return Verdict(ok=False, summary=f"{state.halted}{_spent(state)}")
    if state.diagnosis:
        where = f"; {state.diagnosis.advice}" if state.diagnosis.advice else ""
        return Verdict(ok=False, summary=f"failed: {state.diagnosis.summary}{_spent(state)}{where}")
    if state.judgement and state.judgement.overall != "pass":
        return Verdict(ok=False, summary=f"not good enough, by {state.judgement.reasons[0]}{_spent(state)}")
    if state.judgement:
        return Verdict(ok=True, summary=f"better than its base, artefact {state.artefact}{_spent(state)}")
    asked = state.spec is not None and state.spec.evaluation.enabled
    if not state.artefact or asked:
        return Verdict(ok=False, summary=f"trained, but not evaluated: no row was held out{_spent(state)}")
    return Verdict(ok=True, summary=f"trained, and not evaluated, as asked: {state.artefact}{_spent(state)}")


def sections_of(state: State) -> tuple[Section, ...]:
    """What only aegis can say in a report: what was trained and changed, what it cost, what came out."""
    sections: list[Section] = []
    if state.spec:
        sections.append(Section("The spec", f"```yaml\n{spec_yaml(state.spec)}```"))
    if state.repairs:
        sections.append(Section("Changes of the spec", changes_list(state.repairs)))
    if state.attempts:
        sections.append(Section("What ran", attempts_table(state.attempts, state.spent_usd)))
    if state.judgement:
        sections.append(Section("Evaluation against the base", verdicts_table(state.judgement)))
    if state.hashes:
        sections.append(Section("Hashes", hashes_table(state.hashes)))
    return tuple(sections)


def scores_of(state: State) -> Mapping[str, float]:
    """Of what was evaluated: the perplexity against the base's, and how many checks failed."""
    if state.judgement is None:
        return {}
    verdicts = state.judgement.verdicts
    ratios = [one.measured.mid for one in verdicts if one.metric == "perplexity" and one.measured]
    scores = {"failed_checks": float(sum(one.outcome == "failed" for one in verdicts))}
    return {**scores, "perplexity_ratio": ratios[0]} if ratios else scores


def report_files(state: State | None, account: Account, folder: Path) -> Mapping[str, str]:
    """The page, and the card of a model that was trained."""
    return files_of(state, account, DiskWorkspace(folder))


def _spent(state: State) -> str:
    """What it took, where anything ran."""
    if not state.attempts:
        return ""
    seconds = sum(one.seconds for one in state.attempts)
    repaired = f" after {len(state.repairs)} changes" if state.repairs else ""
    return f"{repaired} ({seconds:.0f} s, ${state.spent_usd:.2f})"


QUESTION_IDS = ("model.path", "data.path", "target.gpu", "budget.max_usd", "not_understood", "budget", "repair")
"""Every question that may be asked, in order."""

AGENT: Agent[State, Context, AegisSettings, Options] = Agent(
    name="aegis",
    state=State,
    options=Options,
    build_graph=graph_of,
    load_settings=load,
    build_context=open_context,
    verdict=verdict_of,
    question_ids=QUESTION_IDS,
    checks=service_checks,
    report_sections=sections_of,
    report_files=report_files,
    scores=scores_of,
    tags=("fine-tuning",),
)
