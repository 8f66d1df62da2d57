"""Registering a planned job."""

from muster.nomad.domain.outcomes import Cause, Refused, Stale
from muster.nomad.nodes.deploy import deploy_job
from muster.nomad.state import State
from nomad.fakes import RecordingCluster, planned, registered, runtime, spec

STATE = State(source=".", spec=spec(), plan=planned(41))


def test_the_job_is_registered_with_the_index_of_its_plan():
    cluster = RecordingCluster()
    update = deploy_job(STATE, runtime(cluster))
    assert cluster.asked == ["register shop at 41"]
    assert update["registration"] == registered()


def test_a_registration_of_our_own_is_said_to_be_one():
    ours = registered().model_copy(update={"already_there": True})
    (said,) = deploy_job(STATE, runtime(RecordingCluster(registrations=[ours])))["events"]
    assert "earlier attempt" in said.text


def test_a_stale_index_is_a_warning_and_a_refusal_a_failure():
    refused = Refused(cause=Cause(kind="acl", remedy="human", summary="no permission"))
    stale = Stale(expected_index=41, actual_index=50)
    updates = [deploy_job(STATE, runtime(RecordingCluster(registrations=[one]))) for one in (stale, refused)]
    assert [update["events"][0].kind for update in updates] == ["warned", "failed"]


def test_a_stale_plan_needs_a_new_approval():
    stale = Stale(expected_index=41, actual_index=50)
    update = deploy_job(STATE.model_copy(update={"approved": True}), runtime(RecordingCluster(registrations=[stale])))
    assert update["approved"] is None
    assert update["stale"] == 1


def test_only_what_the_cluster_took_stands():
    refused = Refused(cause=Cause(kind="acl", remedy="human", summary="no permission"))
    assert deploy_job(STATE, runtime(RecordingCluster()))["standing"] == registered()
    assert "standing" not in deploy_job(STATE, runtime(RecordingCluster(registrations=[refused])))
