"""The dry run."""

from muster.nomad.domain.outcomes import Failed, Placement
from muster.nomad.nodes.plan import plan_job
from muster.nomad.state import State
from nomad.fakes import RecordingCluster, planned, runtime, spec

STATE = State(source=".", spec=spec())
NO_DATACENTER = Placement(group="web", nodes_available={"dc9": 0})


def test_an_index_of_zero_means_a_new_job():
    assert plan_job(STATE, runtime(RecordingCluster(plans=[planned(0)])))["new_job"] is True
    assert plan_job(STATE, runtime(RecordingCluster(plans=[planned(9)])))["new_job"] is False


def test_a_job_that_was_new_at_the_first_plan_stays_new():
    again = STATE.model_copy(update={"new_job": True})
    assert "new_job" not in plan_job(again, runtime(RecordingCluster(plans=[planned(9)])))


def test_a_group_without_a_node_is_a_failure_before_anything_is_registered():
    cluster = RecordingCluster(plans=[planned(placements=(NO_DATACENTER,))])
    outcome = plan_job(STATE, runtime(cluster))["outcome"]
    assert isinstance(outcome, Failed)
    assert outcome.cause.kind == "datacenter"
    assert cluster.asked == ["plan"]


def test_plans_are_counted():
    assert plan_job(STATE.model_copy(update={"plans": 1}), runtime(RecordingCluster()))["plans"] == 2
