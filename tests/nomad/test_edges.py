"""Where a run goes next."""

from muster.nomad.domain.outcomes import Cause, Failed, Healthy, Observation, Refused, Stale, TimedOut
from muster.nomad.edges import (
    MOST_STALE,
    after_accept_findings,
    after_approve_plan,
    after_ask_advice,
    after_deploy_job,
    after_diagnose_failure,
    after_plan_job,
    after_validate_spec,
    after_verify_job,
)
from muster.nomad.state import State
from nomad.fakes import no_memory, planned, registered, runtime, spec

FAILED = Failed(cause=no_memory(), observation=Observation())
UNKNOWN = Cause(kind="unknown", remedy="human", summary="nobody knows")
NO_IMAGE = Cause(kind="image_not_found", remedy="human", summary="no such image", group="web", task="web")


def state(**fields) -> State:
    return State(source=".", **fields)


def repair():
    from muster.core.repairs import Repair
    from muster.nomad.domain.patches.spec_patch import SpecPatch
    from muster.nomad.domain.patches.task import SetMemory

    patch = SetMemory(group="web", task="web", memory_mb=128)
    return Repair[SpecPatch](patch=patch, reason="it needs more", expected_effect="it lives")


def test_an_invalid_job_is_never_planned():
    assert after_validate_spec(state(outcome=FAILED)) == "diagnose_failure"
    assert after_validate_spec(state()) == "accept_findings"


def test_findings_that_nobody_accepts_end_the_run() -> None:
    assert after_accept_findings(state()) == "plan_job"
    assert after_accept_findings(state(approved=False)) == "clean_up"


def test_a_plan_is_all_that_plan_wants():
    assert after_plan_job(state(goal="plan", plan=planned())) == "learn_outcome"
    assert after_plan_job(state(goal="plan", plan=planned(), outcome=FAILED)) == "learn_outcome"


def test_the_first_plan_needs_approval_and_later_ones_do_not():
    assert after_plan_job(state(plan=planned())) == "approve_plan"
    assert after_plan_job(state(plan=planned(7), approved=True)) == "deploy_job"


def test_an_unplaceable_plan_is_not_registered():
    assert after_plan_job(state(plan=planned(), outcome=FAILED, approved=True)) == "diagnose_failure"


def test_a_refused_plan_is_diagnosed():
    assert after_plan_job(state(plan=Refused(cause=UNKNOWN))) == "diagnose_failure"


def test_no_means_that_nothing_is_registered():
    assert after_approve_plan(state(approved=False)) == "clean_up"
    assert after_approve_plan(state(approved=True)) == "deploy_job"


def test_a_stale_plan_is_made_again_a_bounded_number_of_times():
    stale = Stale(expected_index=1, actual_index=2)
    assert after_deploy_job(state(registration=stale, stale=1)) == "plan_job"
    assert after_deploy_job(state(registration=stale, stale=MOST_STALE)) == "diagnose_failure"


def test_a_registered_job_is_watched_and_a_refused_one_diagnosed():
    assert after_deploy_job(state(registration=registered())) == "verify_job"
    assert after_deploy_job(state(registration=Refused(cause=UNKNOWN))) == "diagnose_failure"


def test_only_a_healthy_job_is_left_alone():
    seen = Observation()
    assert after_verify_job(state(outcome=Healthy(observation=seen))) == "clean_up"
    assert after_verify_job(state(outcome=FAILED)) == "diagnose_failure"
    assert after_verify_job(state(outcome=TimedOut(deadline_s=1, observation=seen))) == "diagnose_failure"


def test_a_rule_repairs_while_attempts_are_left():
    assert after_diagnose_failure(state(cause=no_memory(), proposals=[repair()]), runtime()) == "fix_spec"


def test_three_attempts_are_the_end():
    tried = state(cause=no_memory(), proposals=[repair()], repairs=[repair()] * 3)
    assert after_diagnose_failure(tried, runtime(max_attempts=3)) == "clean_up"


def test_a_human_is_asked_only_what_an_answer_could_cure():
    assert after_diagnose_failure(state(spec=spec(), cause=NO_IMAGE), runtime()) == "ask_advice"
    assert after_diagnose_failure(state(spec=spec(), cause=UNKNOWN), runtime()) == "clean_up"
    assert after_diagnose_failure(state(spec=spec(), cause=NO_IMAGE, goal="plan"), runtime()) == "clean_up"


def test_nobody_is_asked_about_a_task_that_the_spec_does_not_hold():
    sidecar = NO_IMAGE.model_copy(update={"task": "shipper"})
    assert after_diagnose_failure(state(spec=spec(), cause=sidecar), runtime()) == "clean_up"


def test_no_advice_is_the_end():
    assert after_ask_advice(state()) == "clean_up"
    assert after_ask_advice(state(proposals=[repair()])) == "fix_spec"
