"""Recalls what earlier runs learnt before anything is decided, and keeps what this one has learnt at its end."""

from collections.abc import Iterator

from langgraph.runtime import Runtime

from muster.core.gates.questions import shown_answer
from muster.core.runs.events import RunEvent
from muster.nomad.context import Context
from muster.nomad.domain.outcomes import Healthy, Unpromoted
from muster.nomad.domain.remembering.lesson import (
    Application,
    Lesson,
    application_of,
    before_of,
    results_of,
    without_tag,
)
from muster.nomad.domain.remembering.preferences import prefer, read_preferences, with_preferred
from muster.nomad.domain.remembering.ranking import seen_before, told
from muster.nomad.domain.remembering.remembered import Remembered, about, worth_telling
from muster.nomad.memos import recall_answers, recall_lessons, recall_preferences, store_answer, store_lesson
from muster.nomad.state import State, Update, needed


def recall_memories(state: State, runtime: Runtime[Context]) -> Update:
    """Preferences become wishes below those of the prompt; failures seen before are told. A job file speaks for itself:
    no preference changes it."""
    memory, cluster = runtime.context.memory, runtime.context.policy.cluster
    analysis = needed(state.analysis)
    job = (state.wishes.name or analysis.name).value
    lessons, texts = recall_lessons(memory, cluster), recall_preferences(memory, cluster)
    remembered = Remembered(
        preferences=read_preferences(texts),
        answers=recall_answers(memory, cluster, job),
        lessons=about(lessons, job),
    )
    events = [*_preferences(texts, remembered, runtime.context, applied=state.job_file is None)]
    for lesson in worth_telling(lessons, _applications(state, job)):
        events.append(runtime.context.say("recall_memories", "found", seen_before(lesson)))
    if state.job_file:
        return {"remembered": remembered, "events": events}
    wishes = with_preferred(state.wishes, remembered.preferences)
    preferred = prefer(analysis, remembered.preferences)
    return {"remembered": remembered, "wishes": wishes, "analysis": preferred, "events": events}


def learn_outcome(state: State, runtime: Runtime[Context]) -> Update:
    """Keep each repair with what became of it, and the answers that are to be remembered. Safe to run again: each is
    stored once."""
    kept = [*_learnt(state, runtime.context), *_kept_answers(state, runtime.context)]
    events = [runtime.context.say("learn_outcome", "acted", f"remembered: {text}") for text in kept]
    for question in state.remember:
        if not _can_be_kept(question, state):
            text = f"not remembered: {question} was not asked, or its answer is a table or a yes to this one run"
            events.append(runtime.context.say("learn_outcome", "warned", text))
    return {"events": events}


def _preferences(
    texts: tuple[str, ...], remembered: Remembered, context: Context, *, applied: bool
) -> Iterator[RunEvent]:
    unclear = remembered.preferences.unclear
    for text in texts:
        if text in unclear:
            yield context.say("recall_memories", "warned", f'remembered, but no rule understands it: "{text}"')
        elif applied:
            yield context.say("recall_memories", "found", f'remembered: "{text}"')
        else:
            yield context.say("recall_memories", "found", f'remembered, but the job file decides: "{text}"')


def _applications(state: State, job: str) -> list[Application]:
    return [
        Application(
            job=job,
            task=service.name,
            image=without_tag(service.image.value) if service.image else "",
            language=service.language.value.language if service.language else "",
        )
        for service in needed(state.analysis).services
    ]


def _learnt(state: State, context: Context) -> Iterator[str]:
    healthy = isinstance(state.outcome, Healthy | Unpromoted)
    results = results_of(state.trials, healthy=healthy, last=state.cause)
    for place, (trial, result) in enumerate(zip(state.trials, results, strict=True)):
        if result is None:
            continue
        lesson = Lesson(
            key=f"{context.run_id}#{place + 1}",
            cluster=context.policy.cluster,
            application=application_of(needed(state.spec), state.analysis, trial.group, trial.task),
            result=result,
            at=context.clock.now(),
            **trial.model_dump(include={"cause", "signature", "reason"}),
            patch=trial.patch,
            before=before_of(state.trials, results, place),
        )
        if store_lesson(context.memory, lesson):
            did = "cured" if result == "worked" else "did not cure"
            yield f"{told(trial.patch)} {did} {trial.cause}"


def _kept_answers(state: State, context: Context) -> Iterator[str]:
    job, cluster = (state.wishes.name or needed(state.analysis).name).value, context.policy.cluster
    for question in (one for one in state.remember if _can_be_kept(one, state)):
        value = state.answers[question]
        if store_answer(context.memory, cluster, job, question, value, context.clock.now()):
            yield f"{question} = {shown_answer(value)}"


def _can_be_kept(question: str, state: State) -> bool:
    """A table is an environment, which the sources say anew each time."""
    return question in state.answers and not isinstance(state.answers[question], dict)
