"""Repairs in the order that experience suggests."""

from muster.core.repairs import Repair
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.check import SetCheckType
from muster.nomad.domain.patches.group import SetDeadlines
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import SetEnv, SetMemory
from muster.nomad.domain.remembering.lesson import Application, Lesson
from muster.nomad.domain.remembering.ranking import Near, Ranked, rank_proposals
from nomad.domain.failing_jobs import web_job
from nomad.domain.remembering.lessons import APPLICATION, OOM, lesson, more

SIBLING = Application(
    job="billing", task="billing", image="registry.example/billing", language="python", workload="service"
)
STRANGER = Application(
    job="billing", task="billing", image="registry.example/billing", language="go", workload="service"
)
SLOW = Cause(
    kind="check_timing",
    remedy="rule",
    summary="slow",
    group="web",
    task="app",
    facts={"service": "web", "check": "0"},
)
PATIENT = SetDeadlines(group="web", min_healthy_time_s=10, healthy_deadline_s=600, progress_deadline_s=900)
OPEN = SetCheckType(group="web", service="web")


def proposed(patch: SpecPatch) -> Repair[SpecPatch]:
    return Repair[SpecPatch](patch=patch, reason="a rule", expected_effect="it helps")


def ranked(
    *near: Lesson,
    rules: tuple[SpecPatch, ...] = (more(256),),
    cause: Cause = OOM,
    nearness: float = 1.0,
    tried=(),
    trust=True,
) -> Ranked:
    return rank_proposals(
        [proposed(patch) for patch in rules],
        [Near(lesson=one, nearness=nearness) for one in near],
        cause=cause,
        spec=web_job(),
        application=APPLICATION,
        cluster="prod",
        tried=[proposed(patch) for patch in tried],
        trusted=lambda patch: trust,
    )


def patches(found: Ranked) -> list[SpecPatch]:
    return [one.patch for one in found.proposals]


def test_without_memories_the_rules_order_stays() -> None:
    assert patches(ranked(rules=(PATIENT, OPEN), cause=SLOW)) == [PATIENT, OPEN]


def test_a_cure_of_a_similar_application_is_tried_first_and_pointed_here() -> None:
    cured = lesson(more(1024), application=SIBLING)
    found = ranked(cured.model_copy(update={"patch": SetMemory(group="billing", task="billing", memory_mb=1024)}))
    assert patches(found) == [more(1024), more(256)]
    assert "cured the same in billing (run run-0)" in found.proposals[0].reason
    assert "set_memory memory_mb=1024 is tried first" in found.notes[0]


def test_what_did_not_help_before_comes_last() -> None:
    failed = lesson(PATIENT, cause=SLOW, result="failed")
    assert patches(ranked(failed, rules=(PATIENT, OPEN), cause=SLOW)) == [OPEN, PATIENT]


def test_a_stranger_and_another_kind_of_failure_say_nothing() -> None:
    assert patches(ranked(lesson(more(1024), application=STRANGER))) == [more(256)]
    assert patches(ranked(lesson(more(1024), cause=SLOW))) == [more(256)]


def test_words_that_are_not_near_enough_say_nothing() -> None:
    assert patches(ranked(lesson(more(1024)), nearness=0.4)) == [more(256)]


def test_another_cluster_counts_for_less() -> None:
    assert patches(ranked(lesson(more(1024), cluster="edge"), nearness=0.6)) == [more(256)]
    assert patches(ranked(lesson(more(1024)), nearness=0.6)) == [more(1024), more(256)]


def test_a_smaller_amount_than_todays_is_no_cure() -> None:
    assert patches(ranked(lesson(more(64)))) == [more(256)]


def test_what_was_tried_or_is_not_trusted_is_not_added() -> None:
    assert patches(ranked(lesson(more(1024)), tried=(more(1024),))) == [more(256)]
    assert patches(ranked(lesson(more(1024)), trust=False)) == [more(256)]


def test_a_check_that_only_opens_the_port_is_not_preferred_for_its_success() -> None:
    eased = [lesson(OPEN, cause=SLOW, minutes=minute) for minute in range(3)]
    assert patches(ranked(*eased, rules=(PATIENT, OPEN), cause=SLOW)) == [PATIENT, OPEN]


def test_a_variables_value_is_not_taken_over_from_another_application() -> None:
    missing = OOM.model_copy(update={"kind": "missing_env"})
    mode = lesson(SetEnv(group="web", task="app", name="MODE", value="fast"), cause=missing)
    other = mode.model_copy(update={"application": SIBLING})
    assert patches(ranked(other, rules=(), cause=missing)) == []
    assert patches(ranked(mode, rules=(), cause=missing)) == [mode.patch]


def test_a_cure_for_a_task_that_is_not_here_is_not_added() -> None:
    gone = OOM.model_copy(update={"task": "gone"})
    assert patches(ranked(lesson(more(1024)), rules=(), cause=gone)) == []
