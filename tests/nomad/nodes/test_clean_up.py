"""What is left on the cluster."""

from muster.nomad.domain.outcomes import Failed, Healthy, Observation
from muster.nomad.nodes.clean_up import clean_up
from muster.nomad.state import State
from nomad.fakes import RecordingCluster, no_memory, registered, runtime

FAILED = Failed(cause=no_memory(), observation=Observation())


def asked_of(state: State, *, keep: bool = False, good_version: int | None = 0) -> list[str]:
    cluster = RecordingCluster(good_version=good_version)
    clean_up(state, runtime(cluster, keep=keep))
    return cluster.asked


def test_a_new_job_that_failed_for_good_is_stopped():
    assert asked_of(State(source=".", registration=registered(), outcome=FAILED, new_job=True)) == ["stop shop"]


def test_a_failed_update_is_reverted():
    assert asked_of(State(source=".", registration=registered(4), outcome=FAILED, new_job=False)) == ["revert shop"]


def test_an_update_without_a_good_version_is_left_and_said():
    cluster = RecordingCluster(good_version=None)
    state = State(source=".", registration=registered(1), outcome=FAILED, new_job=False)
    assert "no earlier version" in clean_up(state, runtime(cluster))["cleaned"]


def test_a_healthy_job_is_left_alone():
    healthy = Healthy(observation=Observation())
    assert asked_of(State(source=".", registration=registered(), outcome=healthy, new_job=True)) == []


def test_what_was_never_registered_is_not_stopped():
    assert asked_of(State(source=".", outcome=FAILED, new_job=True)) == []


def test_keep_keeps():
    assert asked_of(State(source=".", registration=registered(), outcome=FAILED, new_job=True), keep=True) == []
