"""Recalling at the start, learning at the end."""

from dataclasses import replace
from typing import Any

from muster.core.evidence import Sourced
from muster.core.memory.ports import Memory
from muster.core.testing.memory import InMemoryMemory
from muster.nomad.context import Context
from muster.nomad.domain.existing.chosen_file import ChosenFile
from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.outcomes import Failed, Healthy, Observation
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.memos import preference_memo, recall_answers, recall_lessons
from muster.nomad.nodes.diagnose import diagnose_failure
from muster.nomad.nodes.fix import fix_spec
from muster.nomad.nodes.generate import generate_spec
from muster.nomad.nodes.question import prepare_questions
from muster.nomad.nodes.remember import learn_outcome, recall_memories
from muster.nomad.ports import Advice
from muster.nomad.state import State
from nomad.fakes import FACTS, no_memory, oom_watch, planned, registered, runtime, spec

IMAGE = Sourced(value="shop:1", source="compose")
WEB = ServiceProfile(id="compose:web", name="web", job=Sourced(value="service", source="default"), image=IMAGE)
ANALYSIS = Analysis(name=Sourced(value="shop", source="compose"), services=(WEB,))
FAILED = State(
    source=".",
    spec=spec(),
    analysis=ANALYSIS,
    cluster=FACTS,
    plan=planned(),
    registration=registered(),
    outcome=Failed(cause=no_memory(), observation=oom_watch().observation),
)


def run_of(memory: Memory, run_id: str = "run-1") -> Any:
    made = runtime()
    context: Context = replace(
        made.context, memory=memory, run_id=run_id, policy=replace(made.context.policy, cluster="prod")
    )
    return made.override(context=context)


def stepped(state: State, *updates: Any) -> State:
    for update in updates:
        state = state.model_copy(update={**update, "events": [*state.events, *update.get("events", [])]})
    return state


def repaired(memory: Memory, run_id: str = "run-1") -> State:
    """A run whose first repair cured it."""
    run = run_of(memory, run_id)
    state = stepped(FAILED, diagnose_failure(FAILED, run))
    state = stepped(state, fix_spec(state, run))
    return state.model_copy(update={"outcome": Healthy(observation=Observation())})


class SilentAdvisor:
    """Satisfies `Advisor`: knows nothing."""

    def advise(self, failure: Failure, *, memories: tuple[str, ...] = ()) -> Advice:
        return Advice()


def test_a_remembered_cure_is_told_as_memorys() -> None:
    memory = InMemoryMemory()
    learn_outcome(repaired(memory), run_of(memory))
    run = run_of(memory, "run-2")
    silent = run.override(context=replace(run.context, advisor=SilentAdvisor()))
    texts = [event.text for event in diagnose_failure(FAILED, silent)["events"]]
    assert "cause: memory - memory knows a repair" in texts


def test_a_repair_that_cured_is_learnt_once_however_often_the_step_runs() -> None:
    memory = InMemoryMemory()
    state = repaired(memory)
    first = learn_outcome(state, run_of(memory))
    assert learn_outcome(state, run_of(memory)) == {"events": []}
    assert [event.text for event in first["events"]] == ["remembered: set_memory memory_mb=128 cured memory"]
    (lesson,) = recall_lessons(memory, "prod")
    assert (lesson.key, lesson.result, lesson.application.image) == ("run-1#1", "worked", "shop")


def test_a_repair_that_did_not_help_is_learnt_too() -> None:
    memory = InMemoryMemory()
    ended = repaired(memory).model_copy(update={"outcome": FAILED.outcome, "cause": no_memory()})
    learn_outcome(ended, run_of(memory))
    assert [lesson.result for lesson in recall_lessons(memory, "prod")] == ["failed"]


def test_a_run_without_repairs_learns_nothing() -> None:
    memory = InMemoryMemory()
    assert learn_outcome(FAILED, run_of(memory)) == {"events": []}
    assert memory.all() == ()


def test_the_next_run_tells_what_was_seen_and_applies_the_cure() -> None:
    memory = InMemoryMemory()
    learn_outcome(repaired(memory), run_of(memory))
    sized = WEB.model_copy(update={"memory_mb": Sourced(value=64, source="compose")})
    fresh = State(source=".", analysis=ANALYSIS.model_copy(update={"services": (sized,)}), cluster=FACTS)
    run = run_of(memory, "run-2")
    state = stepped(fresh, recall_memories(fresh, run))
    state = stepped(state, prepare_questions(state, run))
    state = stepped(state, generate_spec(state, run))
    texts = [event.text for event in state.events]
    assert any(text.startswith("seen before in shop/web on prod: memory: ") for text in texts)
    assert state.spec is not None
    assert state.spec.task("web", "web").resources.memory_mb == 128
    assert "memory = 128 # memory: set_memory memory_mb=128 after memory in run run-1" in state.hcl


def test_a_preference_becomes_a_wish_and_an_unclear_one_is_told() -> None:
    memory = InMemoryMemory()
    for text in ("datacenter dc2", "be nice"):
        memory.remember(preference_memo(text, "prod", runtime().context.clock.now()))
    fresh = State(source=".", analysis=ANALYSIS)
    state = stepped(fresh, recall_memories(fresh, run_of(memory)))
    assert state.wishes.datacenters is not None
    assert state.wishes.datacenters.value == ("dc2",)
    assert [event.text for event in state.events] == [
        'remembered: "datacenter dc2"',
        'remembered, but no rule understands it: "be nice"',
    ]


def test_a_job_file_is_not_changed_by_a_preference() -> None:
    memory = InMemoryMemory()
    memory.remember(preference_memo("datacenter dc2", "prod", runtime().context.clock.now()))
    chosen = ChosenFile(path="shop.nomad.hcl", digest="0")
    state = State(source=".", analysis=ANALYSIS, job_file=chosen)
    update = recall_memories(state, run_of(memory))
    assert "wishes" not in update
    assert [event.text for event in update["events"]] == ['remembered, but the job file decides: "datacenter dc2"']


def test_an_answer_that_is_marked_is_the_default_the_next_time_and_counts_as_answered() -> None:
    memory = InMemoryMemory()
    asked = State(source=".", analysis=ANALYSIS, cluster=FACTS)
    asked = stepped(asked, prepare_questions(asked, run_of(memory)))
    assert asked.form is not None
    answered = asked.model_copy(update={"answers": {"web.count": 3}, "remember": ["web.count"]})
    learn_outcome(answered, run_of(memory))
    assert recall_answers(memory, "prod", "shop") == {"web.count": 3}
    fresh = State(source=".", analysis=ANALYSIS, cluster=FACTS)
    state = stepped(fresh, recall_memories(fresh, run_of(memory)))
    state = stepped(state, prepare_questions(state, run_of(memory)))
    assert state.form is not None
    (count,) = [question for question in state.form.questions if question.id == "web.count"]
    assert count.model_dump()["default"] == 3
    state = state.model_copy(update={"answers": {"web.count": 3}})
    made = generate_spec(state, run_of(memory))["spec"]
    assert made is not None
    assert made.group("web").count == 3


def test_an_answer_that_can_not_be_kept_is_told() -> None:
    memory = InMemoryMemory()
    state = State(source=".", analysis=ANALYSIS, answers={"env": {"web.MODE": "fast"}}, remember=["env", "approve"])
    texts = [event.text for event in learn_outcome(state, run_of(memory))["events"]]
    assert [text.partition(" was")[0] for text in texts] == ["not remembered: env", "not remembered: approve"]
    assert memory.all() == ()


def test_without_memory_nothing_is_said() -> None:
    state = State(source=".", analysis=ANALYSIS)
    assert recall_memories(state, runtime())["events"] == []
