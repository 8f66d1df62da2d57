"""nomad-spec as the core sees it: one value."""

import json
from pathlib import Path

from langgraph.graph import StateGraph
from pydantic import JsonValue

from muster.core.agent import Agent, Section, Verdict
from muster.core.settings import load_settings
from muster.nomad.context import Context
from muster.nomad.domain.existing.job_file import edited_text, read_job_file
from muster.nomad.domain.existing.matching import GROUP_FIELD
from muster.nomad.domain.existing.questions import VARIABLE_FIELD
from muster.nomad.domain.gaps import QUESTION_FIELDS
from muster.nomad.domain.hcl.render import render_hcl, render_json
from muster.nomad.domain.hcl.targets import render_terraform, render_variables
from muster.nomad.domain.outcomes import Failed, Healthy, Planned, Refused, TimedOut, Unpromoted
from muster.nomad.domain.review.kinds import is_confirmable, key_of
from muster.nomad.domain.spec import JobSpec
from muster.nomad.graph import build_graph
from muster.nomad.service_checks import service_checks
from muster.nomad.settings import NomadSettings, Options, SpecTarget
from muster.nomad.state import State, needed
from muster.nomad.submitting import read_chosen_file
from muster.nomad.tools.git_codebase import GitCodebase
from muster.nomad.tools.spec_file import show_change, write_spec
from muster.nomad.wiring import open_context


def load() -> NomadSettings:
    """The settings, from the environment and `.env`."""
    return load_settings(NomadSettings)


def graph_of(options: Options) -> StateGraph[State, Context, State, State]:
    """The graph that a run with these options walks."""
    return build_graph(deployment=options.cluster != "none")


def deliver_spec(state: State, options: Options) -> None:
    """Hand over the job that `generate` was asked for. Raises UsageError when its file can't be written."""
    target = options.target
    if target is None:
        return
    spec, file = needed(state.spec), Path(target.file) if target.file else None
    text = _changed_file(state, target) if state.job_file else _rendered(spec, target)
    if file and target.dry_run:
        show_change(file, text)
    else:
        write_spec(file, text)


def prints_spec(options: Options) -> bool:
    """Whether the job goes to standard output, or would without `-o`."""
    return options.target is not None


def _rendered(spec: JobSpec, target: SpecTarget) -> str:
    match target.form:
        case "json":
            return _document(render_json(spec))
        case "variables":
            return render_variables(spec, explain=target.explain)
        case "terraform":
            return render_terraform(spec, explain=target.explain)
        case "hcl":
            return render_hcl(spec, explain=target.explain)


def _changed_file(state: State, target: SpecTarget) -> str:
    """The job file itself with its changes, or the job that it then says."""
    file = read_chosen_file(state, GitCodebase())
    text = edited_text(file, needed(state.spec))
    if target.form == "json" and file.tree:
        return _document(read_job_file(text, file.path).job)
    return text


def _document(job: dict[str, JsonValue]) -> str:
    return json.dumps({"Job": job}, indent=2) + "\n"


def verdict_of(state: State) -> Verdict:
    """Whether the work is good, and one sentence about it."""
    match state.goal, state.outcome, state.plan:
        case "spec", _, _:
            return Verdict(ok=True, summary=_written(state))
        case "plan", None, Planned() as plan:
            return Verdict(ok=True, summary="planned: " + ("changes shown" if plan.changed else "nothing would change"))
        case _, Healthy() as outcome, _:
            return Verdict(ok=True, summary=f"healthy: {outcome.summary}{_repaired(state)}")
        case _, Unpromoted() as outcome, _:
            # not yet: who goes on after 0 would take the new version to be live
            return Verdict(ok=False, summary=f"waits for promotion: canaries healthy; promote by `{outcome.command}`")
        case _, Failed() as outcome, _:
            return Verdict(ok=False, summary=f"failed: {outcome.cause.summary}{_repaired(state)}")
        case _, TimedOut() as outcome, _:
            return Verdict(ok=False, summary=f"not decided after {outcome.deadline_s:.0f} s{_repaired(state)}")
        case _, None, Refused() as plan:
            return Verdict(ok=False, summary=f"refused: {plan.cause.summary}")
        case _:
            return Verdict(ok=False, summary=f"refused: {state.cause.summary}" if state.cause else _not_deployed(state))


def sections_of(state: State) -> tuple[Section, ...]:
    """What only nomad-spec can say in a report: the failure that remains, and the spec."""
    sections: list[Section] = []
    if isinstance(state.outcome, Failed):
        cause = state.outcome.cause
        quotes = "\n".join(f"> {line}" for line in cause.quotes)
        sections.append(Section("What failed", f"{cause.summary}\n\n{quotes}\n\n{cause.advice}"))
    if state.hcl:
        sections.append(Section("The job", f"```hcl\n{state.hcl.rstrip()}\n```"))
    return tuple(sections)


def _not_deployed(state: State) -> str:
    """What stood in the way, where a finding did."""
    errors = [one for one in state.findings if is_confirmable(one) and key_of(one) not in state.accepted]
    return f"not deployed: {'; '.join(one.text for one in errors)}" if errors else "not deployed"


def _written(state: State) -> str:
    missing = [variable.name for variable in state.spec.missing_variables()] if state.spec else []
    return "spec written" + (f"; still to be given: {', '.join(missing)}" if missing else "")


def _repaired(state: State) -> str:
    count = len(state.repairs)
    return f" (after {count} repair{'s' if count > 1 else ''})" if count else ""


QUESTION_IDS = (
    "services",
    "select",
    "env",
    *(f"*.{field}" for field in QUESTION_FIELDS),
    f"*.{VARIABLE_FIELD}",
    f"*.{GROUP_FIELD}",
    "findings",
    "approve",
    "advice.image",
    "advice.value",
)
"""Every question that may be asked; `*` is the name of a service."""

AGENT: Agent[State, Context, NomadSettings, Options] = Agent(
    name="nomad",
    state=State,
    options=Options,
    build_graph=graph_of,
    load_settings=load,
    build_context=open_context,
    verdict=verdict_of,
    question_ids=QUESTION_IDS,
    checks=service_checks,
    report_sections=sections_of,
    deliver=deliver_spec,
    prints=prints_spec,
    tags=("nomad-job-spec",),
)
