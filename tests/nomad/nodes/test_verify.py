"""Watching a registered job."""

import pytest

from muster.nomad.domain.outcomes import Failed, Healthy, Observation, TimedOut
from muster.nomad.domain.policies import Update
from muster.nomad.nodes.verify import verify_deadline_s, verify_job
from muster.nomad.ports import Watched
from muster.nomad.state import State
from nomad.domain.failing_jobs import not_healthy, web_job
from nomad.fakes import FACTS, RecordingCluster, oom_watch, registered, runtime, spec

STATE = State(source=".", spec=spec(), registration=registered())


def outcome_of(watched: Watched | None = None):
    cluster = RecordingCluster(watches=[watched]) if watched else RecordingCluster()
    return verify_job(STATE, runtime(cluster))["outcome"]


def test_a_healthy_job_is_healthy():
    assert isinstance(outcome_of(), Healthy)


def test_a_failure_carries_its_cause():
    outcome = outcome_of(oom_watch())
    assert isinstance(outcome, Failed)
    assert outcome.cause.kind == "memory"


def test_canaries_that_wait_for_a_person_are_neither_healthy_nor_failed_and_the_command_is_named():
    watched = Watched(
        decided=True, healthy=False, promotes="d1", reason="", deadline_s=300, observation=Observation(watched_s=12)
    )
    update = verify_job(STATE, runtime(RecordingCluster(watches=[watched])))
    assert update["outcome"].kind == "unpromoted"
    text = "its canaries are healthy after 12 s and wait for promotion: nomad deployment promote d1"
    assert update["events"][-1].text == text


def test_an_undecided_job_is_no_failure():
    waiting = Watched(decided=False, healthy=False, reason="still going", deadline_s=300, observation=Observation())
    assert outcome_of(waiting) == TimedOut(deadline_s=300, observation=Observation())


@pytest.mark.parametrize(("progress_s", "deadline_s"), [(240, 300), (600, 630)])
def test_the_deadline_lies_beyond_the_jobs_own(progress_s, deadline_s):
    job = spec().model_copy(update={"update": Update(progress_deadline_s=progress_s)})
    assert verify_deadline_s(job, 300) == deadline_s


def test_every_change_is_shown_while_watching():
    said = []
    verify_job(STATE, runtime(RecordingCluster(), said=said))
    assert said
    assert "lines" in said[0]


def test_a_longer_deadline_is_said():
    slow = STATE.model_copy(update={"spec": spec().model_copy(update={"update": Update(progress_deadline_s=600)})})
    texts = [event.text for event in verify_job(slow, runtime(RecordingCluster()))["events"]]
    assert any("up to 630 s" in text for text in texts)


@pytest.mark.parametrize(("consul", "remedy"), [(False, "human"), (True, "rule")])
def test_checks_of_a_consul_that_is_not_there_are_the_cause(consul, remedy):
    watched = Watched(decided=True, healthy=False, reason="it failed", deadline_s=300, observation=not_healthy())
    facts = FACTS.model_copy(update={"consul": consul})
    state = STATE.model_copy(update={"spec": web_job(), "cluster": facts})
    cause = verify_job(state, runtime(RecordingCluster(watches=[watched])))["outcome"].cause
    assert (cause.kind, cause.remedy) == ("check_timing", remedy)
