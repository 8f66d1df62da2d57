"""Asks what neither the repository nor the prompt says."""

from collections.abc import Mapping

from langgraph.runtime import Runtime

from muster.core.gates.questions import AnswerValue, Form, Question, TableQuestion, TextQuestion, shown_answer
from muster.core.gates.validate import Accepted, Rejected, check_answer
from muster.core.observability.tracing import span
from muster.core.runs.asking import ask
from muster.core.runs.events import RunEvent
from muster.nomad.context import Context
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.configuration import answered_variables, configuration_table, open_variables
from muster.nomad.domain.decisions.apply import apply_answers, apply_wishes
from muster.nomad.domain.env.suggest import stores_of, suggest_env
from muster.nomad.domain.existing.matching import group_questions
from muster.nomad.domain.existing.projection import project_job
from muster.nomad.domain.existing.questions import open_questions
from muster.nomad.domain.gaps import gap_questions
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.state import State, Update, needed
from muster.nomad.submitting import read_chosen_file, running_job


def prepare_questions(state: State, runtime: Runtime[Context]) -> Update:
    """Only gaps. A written spec may leave them open, as variables; a job that runs may not."""
    analysis = _suggested(state, runtime.context)
    events = [] if state.job_file else [_configuration(apply_wishes(analysis, state.wishes), runtime.context)]
    asked = _questions(state, analysis, runtime.context)
    questions = tuple(_answered_before(one, state) for one in asked)
    if state.goal == "spec":
        questions = tuple(may_stay_open(question) for question in questions)
    if not questions:
        events.append(runtime.context.say("prepare_questions", "decided", "nothing to ask: everything is known"))
    form = Form(title="Questions", questions=list(questions)) if questions else None
    return {"analysis": analysis, "form": form, "events": events}


def _answered_before(question: Question, state: State) -> Question:
    """The question with the remembered answer as its default, where that still fits it."""
    if question.id not in state.remembered.answers or isinstance(question, TableQuestion):
        return question
    match check_answer(question, state.remembered.answers[question.id]):
        case Accepted(value=value):
            return question.model_copy(update={"default": value, "reason": "answered so before, and remembered"})
        case Rejected():
            return question


def _suggested(state: State, context: Context) -> Analysis:
    """The analysis with what its open variables could be."""
    analysis = needed(state.analysis)
    estate = context.estate.without(state.without)
    stores = stores_of(state.cluster, vault=estate.secrets is not None, consul=estate.catalog is not None)
    app = (state.wishes.name or analysis.name).value
    with span("suggest_env_configs", kind="tool", input=[one.name for one in analysis.services]) as current:
        analysis = suggest_env(analysis, state.estate, stores, app=app)
        current.output({one.name: _suggestions(one) for one in analysis.services})
    return analysis


def _suggestions(service: ServiceProfile) -> dict[str, str]:
    return {one.name: one.suggestion.cell.text for one in service.env if one.suggestion}


def _configuration(analysis: Analysis, context: Context) -> RunEvent:
    left = ", ".join(open_variables(analysis))
    text = f"Configuration; nobody sets {left}" if left else "Configuration"
    return context.say("prepare_questions", "decided", text, detail=configuration_table(analysis))


def _questions(state: State, analysis: Analysis, context: Context) -> tuple[Question, ...]:
    if state.job_file is None:
        defaults = context.policy.defaults
        gaps = gap_questions(analysis, state.wishes, state.cluster, state.estate, defaults, state.given)
        return (*gaps, *_of_running(state, analysis, context))
    return open_questions(read_chosen_file(state, context.codebase).spec, path=state.job_file.path)


def _of_running(state: State, analysis: Analysis, context: Context) -> tuple[Question, ...]:
    """About the job that runs under the name that ours is going to have."""
    decisions = apply_answers(analysis, state.wishes, {}, state.estate)
    built = build_spec(decisions, state.cluster, context.policy.defaults)
    running = running_job(built, state, context)
    return group_questions(built, project_job(running)) if running else ()


def collect_answers(state: State, runtime: Runtime[Context]) -> Update:
    """Stop at the form, if there is one."""
    if state.form is None:
        return {"answers": {}}
    answers = ask(state.form)
    given = "; ".join(f"{question.id} = {shown_answer(answers[question.id])}" for question in state.form.questions)
    said = runtime.context.say("collect_answers", "answered", given, detail=_sure(state, answers))
    return {"answers": dict(answers), "events": [said]}


def _sure(state: State, answers: Mapping[str, AnswerValue]) -> str:
    """How sure the answered variables are; those of a job file are only values."""
    if state.job_file is not None:
        return ""
    return answered_variables(apply_answers(needed(state.analysis), state.wishes, answers, state.estate).analysis)


def may_stay_open(question: Question) -> Question:
    """The question without its duty: an empty answer leaves a variable in the spec."""
    match question:
        case TextQuestion(default=None, pattern=pattern):
            optional = f"({pattern})?" if pattern else None
            text = f"{question.text} (empty: leave a variable)"
            return question.model_copy(update={"default": "", "pattern": optional, "text": text})
        case TableQuestion(rows=rows):
            return question.model_copy(update={"rows": [row.model_copy(update={"optional": True}) for row in rows]})
        case _:
            return question
