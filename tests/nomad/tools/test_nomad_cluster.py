"""The cluster adapter against recorded answers of a real Nomad 1.1.2."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from muster.core.clock import SystemClock
from muster.core.errors import AccessDeniedError, ClusterUnavailableError, ServiceFailureError, UnreachableError
from muster.nomad.domain.outcomes import Planned, Refused, Registered, Stale
from muster.nomad.domain.submission import Submission
from muster.nomad.tools.nomad_cluster import NomadCluster
from muster.nomad.tools.nomad_http import NomadHttp
from nomad.fakes import submitted
from nomad.tools.replaying_server import Replay, recorded, replaying
from shared_data import needs_shared

pytestmark = needs_shared
PARSED = {"status": 200, "body": {"ID": "shop", "Name": "shop"}}
JOB = {"status": 200, "body": {"ID": "shop", "Namespace": "default", "JobModifyIndex": 147, "Version": 2}}


@contextmanager
def cluster_saying(answers: dict[str, dict | list[dict]]) -> Iterator[tuple[NomadCluster, Replay]]:
    with (
        replaying({"POST /v1/jobs/parse": PARSED, "GET /v1/job/shop": JOB} | answers) as replay,
        NomadHttp(replay.address) as http,
    ):
        yield NomadCluster(http, SystemClock()), replay


def plan_of(case: str):
    with cluster_saying({"POST /v1/job/shop/plan": recorded(case)}) as (cluster, _):
        return cluster.plan(submitted())


def register_with(answer: dict, plan: str = "plan_env_changed"):
    evaluations = {"status": 200, "body": [{"ID": "e7", "JobModifyIndex": 147, "CreateIndex": 1}]}
    answers = {"POST /v1/jobs": answer, "POST /v1/job/shop/plan": recorded(plan)}
    answers["GET /v1/job/shop/evaluations"] = evaluations
    with cluster_saying(answers) as (cluster, replay):
        return cluster.register(submitted(), base_index=133), replay


def test_a_plan_carries_the_index_to_register_with():
    plan = plan_of("plan_env_changed")
    assert isinstance(plan, Planned)
    assert plan.base_index == 133
    assert 'Env[A]: "1"' in plan.diff


def test_a_plan_of_a_new_job_has_index_zero():
    assert plan_of("plan_new_job").base_index == 0


@pytest.mark.parametrize(
    ("case", "field", "value"),
    [
        ("plan_fail_memory", "dimension_exhausted", {"memory": 1}),
        ("plan_fail_datacenter", "nodes_available", {"dc9": 0}),
        ("plan_fail_missing_driver", "constraint_filtered", {"missing drivers": 1}),
    ],
)
def test_an_unplaceable_plan_says_why(case, field, value):
    (placement,) = plan_of(case).placements
    assert getattr(placement, field) == value


@pytest.mark.parametrize(("case", "kind"), [("plan_invalid_job", "invalid_job"), ("acl_ro_plan", "acl")])
def test_a_refused_plan_is_an_outcome(case, kind):
    plan = plan_of(case)
    assert isinstance(plan, Refused)
    assert plan.cause.kind == kind


def test_a_job_that_does_not_parse_is_refused_with_the_parsers_words():
    with cluster_saying({"POST /v1/jobs/parse": recorded("parse_err_unknown_attribute_task")}) as (cluster, _):
        plan = cluster.plan(submitted())
        complaints = cluster.validate(submitted())
    assert isinstance(plan, Refused)
    assert complaints
    assert "Unsupported argument" in complaints[0]


def test_registering_enforces_the_plans_index():
    registration, replay = register_with(recorded("register_enforce_index_ok"))
    assert isinstance(registration, Registered)
    sent = next(body for request, body in replay.asked if request == "POST /v1/jobs")
    assert (sent["EnforceIndex"], sent["JobModifyIndex"]) == (True, 133)


def test_a_registration_is_our_own_also_when_somebody_registered_the_job_again_since():
    answer = {"status": 200, "body": {"EvalID": "e1", "JobModifyIndex": 140}}
    versions = {"Versions": [{"Version": 2, "JobModifyIndex": 147}, {"Version": 1, "JobModifyIndex": 140}]}
    more = {"POST /v1/jobs": answer, "GET /v1/job/shop/versions": {"status": 200, "body": versions}}
    with cluster_saying(more) as (cluster, _):
        registration = cluster.register(submitted(), base_index=133)
    assert isinstance(registration, Registered)
    assert (registration.version, registration.modify_index, registration.evaluation) == (1, 140, "e1")


def test_a_changed_job_is_stale():
    registration, _ = register_with(recorded("register_enforce_index_stale"))
    assert registration == Stale(expected_index=133, actual_index=147)


def test_a_conflict_with_an_empty_diff_was_our_own_registration():
    registration, _ = register_with(recorded("register_enforce_index_stale"), plan="plan_unchanged")
    assert isinstance(registration, Registered)
    assert registration.already_there
    assert registration.evaluation == "e7"


@pytest.mark.parametrize(
    ("case", "kind"),
    [("register_bad_namespace", "namespace"), ("acl_ro_register", "acl"), ("register_vault_disabled", "vault")],
)
def test_a_refused_registration_is_an_outcome_with_its_kind(case, kind):
    registration, _ = register_with(recorded(case))
    assert isinstance(registration, Refused)
    assert registration.cause.kind == kind


def test_the_servers_own_validation_is_read():
    with cluster_saying({"POST /v1/validate/job": recorded("validate_multi_errors")}) as (cluster, _):
        assert len(cluster.validate(submitted())) > 1


def test_an_unknown_job_is_not_found():
    with cluster_saying({"GET /v1/job/shop": recorded("get_job_404")}) as (cluster, _):
        assert cluster.find("shop") is None


STANDING = Registered(job="shop", namespace="default", evaluation="e1", modify_index=147, version=3)


def undone(versions: list[dict], *, move: dict | None = None):
    """What reverting version 3 gives; nothing is watched: the job is gone when it is looked for afterwards."""
    answers = {
        "GET /v1/job/shop/versions": {"status": 200, "body": {"Versions": versions}},
        "POST /v1/job/shop/revert": move or recorded("rev_revert"),
        "GET /v1/job/shop": {"status": 404, "body": "job not found"},
    }
    with cluster_saying(answers) as (cluster, replay):
        return cluster.revert(STANDING), [body for request, body in replay.asked if request.endswith("/revert")]


def test_reverting_goes_to_the_last_stable_version_below_ours():
    result, (sent,) = undone([_version(3), _version(2), _version(1, stable=True)])
    assert (result.action, result.version) == ("reverted", 1)
    assert (sent["JobVersion"], sent["EnforcePriorVersion"]) == (1, 3)


def test_a_job_that_moved_on_is_not_reverted():
    result, sent = undone([_version(4), _version(3), _version(1, stable=True)])
    assert (result.action, result.version) == ("changed", 4)
    assert sent == []


def test_without_a_stable_version_there_is_nothing_to_revert_to():
    result, sent = undone([_version(3)])
    assert result.action == "no_good_version"
    assert sent == []


def stopped(job: dict, allocations: list[dict] | None = None):
    answers = {
        "GET /v1/job/shop": job,
        "DELETE /v1/job/shop": recorded("delete_missing_job"),
        "GET /v1/job/shop/allocations": [{"status": 200, "body": body} for body in [allocations or [], []]],
    }
    with cluster_saying(answers) as (cluster, replay):
        return cluster.stop(STANDING), [request for request, _ in replay.asked]


OURS = {"status": 200, "body": {"JobModifyIndex": 147, "Version": 3, "Stop": False}}


def test_stopping_waits_until_nothing_runs():
    result, asked = stopped(OURS, [{"DesiredStatus": "stop", "ClientStatus": "running"}])
    assert (result.action, result.settled) == ("stopped", True)
    assert asked.count("DELETE /v1/job/shop") == 1
    assert asked.count("GET /v1/job/shop/allocations") == 2


def test_a_job_that_somebody_else_registered_is_not_stopped():
    theirs = {"status": 200, "body": {"JobModifyIndex": 150, "Version": 4, "Stop": False}}
    result, asked = stopped(theirs)
    assert (result.action, result.version) == ("changed", 4)
    assert "DELETE /v1/job/shop" not in asked


def test_a_job_that_is_stopped_already_is_not_stopped_again():
    result, asked = stopped({"status": 200, "body": {"JobModifyIndex": 151, "Version": 3, "Stop": True}})
    assert result.action == "stopped"
    assert "DELETE /v1/job/shop" not in asked


def test_stopping_without_permission_says_so():
    answers = {"GET /v1/job/shop": OURS, "DELETE /v1/job/shop": recorded("acl_ro_delete")}
    with (
        cluster_saying(answers) as (cluster, _),
        pytest.raises(AccessDeniedError, match="Permission denied"),
    ):
        cluster.stop(STANDING)


def test_facts_are_read_from_agent_and_nodes():
    answers = {"GET /v1/agent/self": recorded("get_agent_self"), "GET /v1/nodes": recorded("get_nodes_resources")}
    with cluster_saying(answers) as (cluster, _):
        facts = cluster.facts()
    assert facts.version == "1.1.2"
    assert facts.datacenters == ("dc1",)
    assert "docker" in facts.drivers
    assert facts.largest_node_memory_mb > 0
    assert (facts.host_volumes, facts.csi_volumes, facts.devices) == (("data",), (), ())


def node_with(name, **parts):
    (node, *_) = recorded("get_nodes_resources")["body"]
    return {**node, "Name": name, "Status": "ready"} | parts


def test_what_ready_nodes_offer_is_read():
    group = {"Vendor": "nvidia", "Type": "gpu", "Name": "T4", "Instances": [{"ID": "a", "Healthy": True}]}
    broken = {**group, "Name": "K80", "Instances": [{"ID": "b", "Healthy": False}]}
    volume = {"Name": "pg", "Path": "/srv/pg", "ReadOnly": True}
    nodes = [
        node_with("a", HostVolumes={"pg": volume, "www": volume}, NodeResources={"Devices": [group, broken]}),
        node_with("b", HostVolumes={"pg": {**volume, "ReadOnly": False}}),
        node_with("c", HostVolumes={"gone": volume}, Status="down"),
        node_with("d", HostVolumes=None),
    ]
    answers = {
        "GET /v1/agent/self": recorded("get_agent_self"),
        "GET /v1/nodes": recorded("get_nodes_resources", body=nodes),
        "GET /v1/volumes": {"status": 200, "body": [{"ID": "db", "Schedulable": True}, {"ID": "x"}]},
        "GET /v1/plugins": {"status": 200, "body": [{"ID": "ebs", "NodesHealthy": 2}, {"ID": "y", "NodesHealthy": 0}]},
    }
    with cluster_saying(answers) as (cluster, _):
        facts = cluster.facts()
    assert (facts.host_volumes, facts.read_only_volumes) == (("pg",), ("www",))
    assert (facts.csi_volumes, facts.csi_plugins, facts.devices) == (("db",), ("ebs",), ("nvidia/gpu/T4",))


def facts_of_nodes(number: int):
    """A cluster of so many nodes, amd64 and the last one arm64 with a GPU by its meta."""
    nodes = [node_with(str(one), ID=f"n{one}", NodeClass="", Status="ready") for one in range(number)]
    details = {one["ID"]: {"Attributes": {"cpu.arch": "amd64"}, "Meta": {}} for one in nodes}
    details[nodes[-1]["ID"]] = {"Attributes": {"cpu.arch": "arm64"}, "Meta": {"gpu": "true"}}
    answers = {
        "GET /v1/agent/self": recorded("get_agent_self"),
        "GET /v1/nodes": recorded("get_nodes_resources", body=nodes),
        **{f"GET /v1/node/{name}": {"status": 200, "body": body} for name, body in details.items()},
    }
    with cluster_saying(answers) as (cluster, _):
        return cluster.facts()


def test_every_nodes_architecture_and_meta_are_read():
    facts = facts_of_nodes(3)
    assert facts.architectures == ("amd64", "arm64")
    assert [(one.attribute, one.value) for one in facts.gpu_marks] == [("${meta.gpu}", "true")]


def test_of_more_nodes_than_are_read_no_architecture_is_claimed():
    assert facts_of_nodes(33).architectures == ()


def test_facts_that_the_token_may_not_see_stay_empty():
    denied = recorded("acl_anon_nodes")
    with cluster_saying({"GET /v1/agent/self": denied, "GET /v1/nodes": denied}) as (cluster, _):
        facts = cluster.facts()
    assert (facts.version, facts.datacenters, facts.ready_nodes) == ("", (), 0)


def test_a_cluster_without_leader_is_away():
    answer = {"status": 500, "body": "No cluster leader"}
    with cluster_saying({"POST /v1/job/shop/plan": answer}) as (cluster, _), pytest.raises(ClusterUnavailableError):
        cluster.plan(submitted())


def test_something_else_that_answers_there_is_noticed():
    answer = {"status": 200, "body": "<html>welcome</html>"}
    with (
        cluster_saying({"POST /v1/job/shop/plan": answer}) as (cluster, _),
        pytest.raises(ServiceFailureError, match="NOMAD_ADDR"),
    ):
        cluster.plan(submitted())


@pytest.mark.parametrize("body", [[], {}, None, "a string"])
def test_json_that_is_none_of_nomads_is_noticed(body):
    answer = {"status": 200, "body": json.dumps(body)}
    paths = ("GET /v1/agent/self", "POST /v1/job/shop/plan", "GET /v1/job/shop")
    with cluster_saying(dict.fromkeys(paths, answer)) as (cluster, _):
        for ask in (cluster.facts, lambda: cluster.plan(submitted()), lambda: cluster.find("shop")):
            with pytest.raises(ServiceFailureError, match="none of Nomad's"):
                ask()


def test_a_server_that_knows_no_such_path_is_not_a_cluster_without_that_job():
    answer = {"status": 404, "body": "404 page not found"}
    with cluster_saying(dict.fromkeys(("GET /v1/agent/self", "GET /v1/job/shop"), answer)) as (cluster, _):
        for ask in (cluster.facts, lambda: cluster.find("shop")):
            with pytest.raises(ServiceFailureError, match="NOMAD_ADDR"):
                ask()


def test_a_parser_that_may_not_be_asked_is_no_complaint_about_the_job_and_planning_says_why():
    with cluster_saying({"POST /v1/jobs/parse": {"status": 403, "body": "Permission denied"}}) as (cluster, _):
        assert cluster.validate(submitted()) == ()
        plan = cluster.plan(submitted())
    assert isinstance(plan, Refused)
    assert plan.cause.kind == "acl"


def test_an_address_where_nothing_listens_is_named_with_its_setting():
    with NomadHttp("http://127.0.0.1:9") as http, pytest.raises(UnreachableError, match="NOMAD_ADDR"):
        NomadCluster(http, SystemClock()).plan(submitted())


def _version(number: int, *, stable: bool = False) -> dict:
    return {"Version": number, "Stable": stable}


@pytest.mark.parametrize(
    ("job", "replaces"),
    [
        ({"status": 404, "body": "job not found"}, "nothing"),
        ({"status": 200, "body": {"Stop": True}}, "stopped"),
        ({"status": 200, "body": {"Stop": False}}, "running"),
    ],
)
def test_a_plan_tells_what_of_that_name_is_there(job, replaces):
    answers = {"POST /v1/job/shop/plan": recorded("plan_env_changed"), "GET /v1/job/shop": job}
    with cluster_saying(answers) as (cluster, _):
        assert cluster.plan(submitted()).replaces == replaces


@pytest.mark.parametrize(
    ("job", "base"),
    [
        ({"status": 404, "body": "job not found"}, None),
        ({"status": 200, "body": {"ID": "shop", "Stop": True}}, None),
        ({"status": 200, "body": {"ID": "shop", "Stop": False, "Own": 1}}, {"ID": "shop", "Stop": False, "Own": 1}),
    ],
)
def test_only_a_job_that_runs_is_a_base(job, base):
    with cluster_saying({"GET /v1/job/shop": job}) as (cluster, _):
        assert cluster.running("shop") == base


def test_a_change_is_laid_over_what_the_clusters_own_parser_reads():
    change = Submission(name="shop", hcl='job "shop" {}', before={"Priority": None}, after={"Priority": 70})
    with cluster_saying({"POST /v1/job/shop/plan": recorded("plan_env_changed")}) as (cluster, replay):
        cluster.plan(change)
    (body,) = [body for request, body in replay.asked if request.endswith("/plan")]
    assert body["Job"] == {"ID": "shop", "Name": "shop", "Priority": 70}
