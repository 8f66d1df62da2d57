"""Reads the repository, and lets the user pick where it could become several things."""

from collections import Counter
from collections.abc import Container, Sequence

from langgraph.runtime import Runtime

from muster.core.errors import UsageError, WorkFailedError
from muster.core.gates.questions import Form
from muster.core.runs.asking import ask
from muster.nomad.context import Context
from muster.nomad.domain.candidates import Candidate, chosen, find_candidates, select_question
from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.nothing_found import nothing_found
from muster.nomad.domain.prompt.parse import parse_prompt
from muster.nomad.state import State, Update


def discover_sources(state: State, runtime: Runtime[Context]) -> Update:
    """Run every extractor. Raises SourceError when nothing in the repository could become a job, UsageError when a job
    file would be the base of what is written anew."""
    codebase = runtime.context.codebase
    evidence = codebase.evidence(state.source)
    name = codebase.name(state.source)
    candidates = find_candidates(evidence, name=name)
    if not candidates:
        raise nothing_found(state.source, evidence)
    if runtime.context.policy.anew:
        _refuse_job_file(candidates, chosen(candidates, state.prepared or None))
    wishes = parse_prompt(state.prompt)
    events = [runtime.context.say("discover_sources", "found", _summary(evidence), detail=_list(candidates))]
    if wishes.ignored:
        words = ", ".join(f"{words!r}" for words in wishes.ignored)
        events.append(runtime.context.say("discover_sources", "warned", f"not understood in the prompt: {words}"))
    return {
        "name": name,
        "wishes": wishes,
        "evidence": list(evidence),
        "candidates": list(candidates),
        "events": events,
    }


def _refuse_job_file(candidates: Sequence[Candidate], taken: Container[str]) -> None:
    for one in candidates:
        if one.kind == "job" and one.id in taken:
            raise UsageError(
                f"{one.where} is a job file: it is changed in place, where --variables and --profile terraform write "
                "a new one",
                advice="Leave the option out, or `select` another source by --answers.",
            )


def select_sources(state: State, runtime: Runtime[Context]) -> Update:
    """Ask which of several; where there is nothing to choose, say what is taken."""
    question = select_question(state.candidates)
    answer = ask(Form(title="Sources", questions=[question]))[question.id] if question else None
    selected = chosen(state.candidates, answer)
    if runtime.context.policy.anew:
        _refuse_job_file(state.candidates, selected)
    if not selected:
        raise WorkFailedError("nothing is generated: you said no", advice="Start again with another folder.")
    if len(selected) > 1 and any(one.kind == "job" for one in state.candidates if one.id in selected):
        raise UsageError(
            "a job file is a whole job: nothing else can be taken with it", advice="Select the job file alone, or none."
        )
    names = ", ".join(f"{one.name} ({one.where})" for one in state.candidates if one.id in selected)
    return {
        "selected": list(selected),
        "events": [runtime.context.say("select_sources", "decided", f"taking {names}")],
    }


def _summary(evidence: tuple[Evidence, ...]) -> str:
    counts = Counter(item.source for item in evidence)
    return "read " + ", ".join(f"{count} facts from {source}" for source, count in counts.most_common())


def _list(candidates: tuple[Candidate, ...]) -> str:
    return "\n".join(f"{one.name}: {one.reason}" for one in candidates)
