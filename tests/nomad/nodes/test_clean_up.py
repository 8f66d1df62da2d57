"""What is left on the cluster."""

import pytest

from muster.nomad.domain.outcomes import Failed, Healthy, Observation, Undone, Unpromoted
from muster.nomad.nodes.clean_up import clean_up
from muster.nomad.state import State
from nomad.fakes import RecordingCluster, no_memory, planned, registered, runtime

FAILED = Failed(cause=no_memory(), observation=Observation())
NEW = State(source=".", standing=registered(), outcome=FAILED, new_job=True)
UPDATE = State(source=".", standing=registered(4), outcome=FAILED, new_job=False)


def asked_of(state: State, *, keep: bool = False) -> list[str]:
    cluster = RecordingCluster()
    clean_up(state, runtime(cluster, keep=keep))
    return cluster.asked


def test_a_new_job_that_failed_for_good_is_stopped():
    assert asked_of(NEW) == ["stop shop"]


def test_a_failed_update_is_reverted():
    assert asked_of(UPDATE) == ["revert shop"]


def test_what_an_earlier_attempt_registered_is_undone_though_the_last_plan_failed():
    unplaceable = NEW.model_copy(update={"plan": planned(7), "registration": None})
    assert asked_of(unplaceable) == ["stop shop"]


def test_a_healthy_job_is_left_alone():
    assert asked_of(NEW.model_copy(update={"outcome": Healthy(observation=Observation())})) == []


def test_canaries_that_wait_for_a_person_are_left_to_wait():
    waits = Unpromoted(deployment="d1", observation=Observation())
    assert asked_of(NEW.model_copy(update={"outcome": waits})) == []


def test_what_was_never_registered_is_not_stopped():
    assert asked_of(State(source=".", outcome=FAILED, new_job=True)) == []


def test_keep_keeps():
    assert asked_of(NEW, keep=True) == []


@pytest.mark.parametrize(
    ("undone", "said"),
    [
        (Undone(action="reverted", version=3), "to version 3, the last good one: healthy again"),
        (Undone(action="reverted", version=3, settled=False), "not yet healthy again"),
        (Undone(action="changed", version=6), "version 6 stands there now, not the failed 4"),
        (Undone(action="no_good_version", version=4), "no earlier version"),
    ],
)
def test_what_became_of_it_is_said(undone, said):
    assert said in clean_up(UPDATE, runtime(RecordingCluster(undone=undone)))["cleaned"]
