"""The dry run."""

from muster.nomad.domain.outcomes import Failed, Placement
from muster.nomad.nodes.plan import plan_job
from muster.nomad.state import State
from nomad.fakes import RecordingCluster, planned, registered, runtime, spec

STATE = State(source=".", spec=spec())
NO_DATACENTER = Placement(group="web", nodes_available={"dc9": 0})


def test_an_index_of_zero_means_a_new_job():
    assert plan_job(STATE, runtime(RecordingCluster(plans=[planned(0)])))["new_job"] is True
    assert plan_job(STATE, runtime(RecordingCluster(plans=[planned(9)])))["new_job"] is False


def test_a_job_that_was_new_before_our_first_registration_stays_new():
    again = STATE.model_copy(update={"new_job": True, "standing": registered()})
    assert "new_job" not in plan_job(again, runtime(RecordingCluster(plans=[planned(9)])))


def test_a_group_without_a_node_is_a_failure_before_anything_is_registered():
    cluster = RecordingCluster(plans=[planned(placements=(NO_DATACENTER,))])
    outcome = plan_job(STATE, runtime(cluster))["outcome"]
    assert isinstance(outcome, Failed)
    assert outcome.cause.kind == "datacenter"
    assert cluster.asked == ["plan"]


def test_an_approval_holds_for_our_own_registration_and_ends_with_somebody_elses():
    ours = STATE.model_copy(update={"approved": True, "standing": registered()})  # its index is 7
    assert "approved" not in plan_job(ours, runtime(RecordingCluster(plans=[planned(7)])))
    assert plan_job(ours, runtime(RecordingCluster(plans=[planned(8)])))["approved"] is None


def test_the_clusters_warnings_are_told():
    warned = planned().model_copy(update={"warnings": ("1 warning:", "* mbits is deprecated")})
    texts = [event.text for event in plan_job(STATE, runtime(RecordingCluster(plans=[warned])))["events"]]
    assert "* mbits is deprecated" in texts
