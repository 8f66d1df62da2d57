"""Finding the cause and the repairs."""

from muster.core.prompts.library import FilePrompts
from muster.core.testing.models import ScriptedModel
from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.modelled.failure_lines import failure_lines
from muster.nomad.domain.modelled.fixing import FixAnswer
from muster.nomad.domain.outcomes import (
    AllocationReport,
    Cause,
    Failed,
    Observation,
    Refused,
    Stale,
    TaskEvent,
    TaskReport,
    TimedOut,
)
from muster.nomad.domain.patches.task import SetEnv, SetMemory
from muster.nomad.nodes.diagnose import diagnose_failure
from muster.nomad.nodes.fix import fix_spec
from muster.nomad.ports import Estate
from muster.nomad.prompt_uses import PROMPTS
from muster.nomad.state import State
from muster.nomad.tools.model_advisor import ModelAdvisor
from muster.nomad.tools.rules_advisor import RulesAdvisor
from nomad.fakes import (
    FACTS,
    RecordingCluster,
    ScriptedCodebase,
    no_memory,
    oom_watch,
    planned,
    registered,
    runtime,
    spec,
)

FAILED = State(
    source=".",
    spec=spec(),
    cluster=FACTS,
    plan=planned(),
    registration=registered(),
    outcome=Failed(cause=no_memory(), observation=oom_watch().observation),
)


def test_an_oom_is_answered_with_more_memory_and_its_diff():
    (best, *_) = diagnose_failure(FAILED, runtime())["proposals"]
    assert isinstance(best.patch, SetMemory)
    assert best.patch.memory_mb > 64
    assert "-        memory = 64" in best.diff


def test_a_repair_that_was_tried_is_not_proposed_again():
    (best, *_) = diagnose_failure(FAILED, runtime())["proposals"]
    tried = FAILED.model_copy(update={"repairs": [best]})
    assert best.patch not in [one.patch for one in diagnose_failure(tried, runtime())["proposals"]]


def test_the_decision_says_whether_a_repair_can_follow():
    (best, *_) = diagnose_failure(FAILED, runtime())["proposals"]
    spent = FAILED.model_copy(update={"repairs": [best]})
    assert decided(FAILED) == "cause: memory - a rule knows a repair"
    assert decided(spent, max_attempts=1) == "cause: memory - no attempt is left"


def test_a_kind_that_no_rule_repairs_is_not_told_as_repairs_used_up():
    crash = Cause(kind="crash", remedy="rule", summary="web crashed", group="web", task="web")
    failed = FAILED.model_copy(update={"outcome": Failed(cause=crash, observation=Observation())})
    (best, *_) = diagnose_failure(FAILED, runtime())["proposals"]
    assert decided(failed) == "cause: crash - no rule repairs this"
    assert decided(failed.model_copy(update={"repairs": [best]})) == "cause: crash - no repair left"


def crashed() -> State:
    """A task whose log says what is missing, in words that no rule knows."""
    line = "FATAL: WORKERS must be set, e.g. WORKERS=4"
    ended = TaskEvent(type="Terminated", message="Exit Code: 7")
    task = TaskReport(
        allocation="a1",
        group="web",
        task="web",
        state="dead",
        failed=True,
        exit_code=7,
        events=(ended,),
        stderr_tail=(line,),
    )
    report = AllocationReport(id="a1", name="shop.web[0]", group="web", client_status="failed", tasks=(task,))
    observation = Observation(allocations=(report,))
    cause = classify_failure(observation, spec())
    return FAILED.model_copy(update={"outcome": Failed(cause=cause, observation=observation)})


def advising(state: State) -> ModelAdvisor:
    """An advisor whose model reads the missing variable from the failure's own lines."""
    assert isinstance(state.outcome, Failed)
    failure = Failure(cause=state.outcome.cause, observation=state.outcome.observation, spec=spec(), cluster=FACTS)
    lines = [*enumerate(failure_lines(failure), 1)]
    number, text = next((number, text) for number, text in lines if text.strip().startswith("stderr: FATAL"))
    fix = {
        "summary": "WORKERS is missing",
        "patch": {"kind": "set_env", "group": "web", "task": "web", "name": "WORKERS", "value": "4"},
        "evidence": [{"file": "ERROR", "line": number, "text": text.strip()}],
    }
    model = ScriptedModel([FixAnswer.model_validate(fix)])
    return ModelAdvisor(RulesAdvisor(), model, FilePrompts(PROMPTS.folder), ScriptedCodebase(), Estate())


def test_a_crash_that_no_rule_repairs_is_cured_by_what_a_model_reads_in_its_log():
    state = crashed()
    found = diagnose_failure(state, runtime(advisor=advising(state)))
    assert [one.patch for one in found["proposals"]] == [SetEnv(group="web", task="web", name="WORKERS", value="4")]
    assert found["events"][-1].text == "cause: crash - a model proposes a repair"


def test_without_a_model_a_crash_is_for_a_human():
    assert decided(crashed()) == "cause: crash - only a human can know"


def decided(state: State, *, max_attempts: int = 3) -> str:
    (event,) = diagnose_failure(state, runtime(max_attempts=max_attempts))["events"]
    return event.text


def test_fixing_takes_the_best_proposal():
    proposed = FAILED.model_copy(update=diagnose_failure(FAILED, runtime()))
    update = fix_spec(proposed, runtime())
    assert update["repairs"] == [proposed.proposals[0]]
    assert update["proposals"] == []


def test_a_refusal_keeps_its_own_cause():
    cause = Cause(kind="namespace", remedy="human", summary="no namespace nope")
    refused = State(source=".", spec=spec(), plan=Refused(cause=cause))
    assert diagnose_failure(refused, runtime())["cause"] == cause


def test_a_fight_over_the_job_is_for_a_human():
    fight = State(source=".", spec=spec(), plan=planned(1), registration=Stale(expected_index=1, actual_index=2))
    cause = needed_cause(fight)
    assert cause.remedy == "human"


def test_an_undecided_job_is_classified_by_what_was_seen():
    late = FAILED.model_copy(update={"outcome": TimedOut(deadline_s=300, observation=oom_watch().observation)})
    assert needed_cause(late).kind == "memory"
    nothing = FAILED.model_copy(update={"outcome": TimedOut(deadline_s=300, observation=Observation())})
    assert needed_cause(nothing).kind == "unknown"


def needed_cause(state: State) -> Cause:
    return diagnose_failure(state, runtime(RecordingCluster()))["cause"]
