"""What the validation makes of a job's routes."""

from dataclasses import replace

from langgraph.runtime import Runtime

from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.existing.projection import json_of
from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.outcomes import Failed
from muster.nomad.nodes.validate import validate_spec
from muster.nomad.state import State
from nomad.fakes import RecordingCluster, runtime, spec

TAKEN = Route(service="old", host="shop.test")


def routed(*tags: str, name: str = "new"):
    web = Service(name=name, port="http", tags=tags, checks=(Check(type="tcp"),))
    network = Network(ports=(Port(label="http", to=80),))
    group = spec().groups[0].model_copy(update={"services": (web,), "network": network})
    return spec().model_copy(update={"groups": (group,)})


def validated(job, estate=None, *, reason: str = "", cluster: RecordingCluster | None = None):
    run = runtime(cluster or RecordingCluster())
    policy = replace(run.context.policy, allow_route_conflict=reason)
    allowed = Runtime(context=replace(run.context, policy=policy))
    return validate_spec(State(source=".", spec=job, estate=estate), allowed)


def texts(update) -> list[str]:
    return [event.text for event in update["events"]]


def test_a_route_of_another_service_ends_the_run_before_the_plan():
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(TAKEN,)))
    assert isinstance(update["outcome"], Failed)
    assert update["outcome"].cause.kind == "route_conflict"
    assert "shop-2.test" in update["outcome"].cause.advice
    assert [one.kind for one in update["findings"]] == ["route_exact"]


def test_a_reason_lets_the_conflict_pass_and_is_told():
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(TAKEN,)), reason="we move the shop")
    assert update["outcome"] is None
    assert "--allow-route-conflict: we move the shop" in texts(update)
    assert [one.kind for one in update["findings"]] == ["route_exact"]


def test_a_reason_without_a_conflict_is_not_told():
    assert texts(validated(routed("urlprefix-shop.test/"), reason="just so")) == ["the job is valid"]


def test_a_route_that_an_ill_service_of_the_catalog_asks_for_is_taken():
    ill = CatalogService(name="old", tags=("urlprefix-shop.test/",), instances=1, passing=0)
    assert validated(routed("urlprefix-shop.test/"), EstateFacts(services=(ill,)))["outcome"] is not None


def test_a_warning_is_told_and_blocks_nothing():
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(Route(service="all"),)))
    assert update["outcome"] is None
    assert any("meets / of all" in text for text in texts(update))


def test_the_routes_of_the_job_as_it_runs_are_its_own():
    cluster = RecordingCluster(there=json_of(routed(name="old")))
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(TAKEN,)), cluster=cluster)
    assert update["outcome"] is None
