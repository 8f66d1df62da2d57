"""The recordings are the oracle: every failure of a real cluster has the cause that a human would name."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from muster.nomad.domain.failures.classify import CLASSIFIERS, classify_failure, classify_refusal
from muster.nomad.domain.observing import observe
from muster.nomad.domain.outcomes import Cause, CauseKind, Observation
from nomad.domain.recorded_jobs import spec_of
from nomad.domain.recorded_runs import RECORDINGS, ending, failing_scenarios, job
from shared_data import needs_shared

pytestmark = needs_shared

EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("failure_kinds.yaml").read_text())


def recorded(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def cause_of_run(scenario: str) -> Cause:
    return classify_failure(ending(scenario), spec_of(job(scenario)))


def cause_of_plan(name: str) -> Cause:
    answer = recorded(name)
    failed = answer["response"]["body"]["FailedTGAllocs"]
    return classify_failure(
        observe({"FailedTGAllocs": failed}, None, [], None), spec_of(answer["request"]["body"]["Job"])
    )


def refused_requests() -> set[str]:
    """Recordings of a job that was planned, validated or registered, and refused; those that do not parse are apart."""
    submits = re.compile(r"/v1/(jobs|job/[^/]+(/plan)?|validate/job)(\?|$)")
    rows = recorded("INDEX")
    refused = [row for row in rows if row.get("method") == "POST" and (row.get("status") or 0) >= 400]
    return {Path(row["file"]).stem for row in refused if submits.match(row["path"])}


PARSED = [path.stem for path in sorted(RECORDINGS.glob("parse_err_*.json"))]


@pytest.mark.parametrize("scenario", EXPECTED["runs"])
def test_a_recorded_failure_has_its_cause(scenario: str) -> None:
    cause = cause_of_run(scenario)
    assert (cause.kind, cause.remedy) == (EXPECTED["runs"][scenario]["kind"], EXPECTED["runs"][scenario]["remedy"])


@pytest.mark.parametrize("name", EXPECTED["plans"])
def test_a_recorded_plan_that_finds_no_node_has_its_cause(name: str) -> None:
    cause = cause_of_plan(name)
    assert (cause.kind, cause.remedy) == (EXPECTED["plans"][name]["kind"], EXPECTED["plans"][name]["remedy"])


@pytest.mark.parametrize("name", EXPECTED["refusals"])
def test_a_recorded_refusal_has_its_cause(name: str) -> None:
    response = recorded(name)["response"]
    assert classify_refusal(response["status"], response["body"]).kind == EXPECTED["refusals"][name]


def test_every_recorded_failing_run_is_in_the_table() -> None:
    assert set(EXPECTED["runs"]) == set(failing_scenarios())


def test_every_recorded_plan_without_place_is_in_the_table() -> None:
    plans = {path.stem for path in RECORDINGS.glob("plan_*.json")}
    bodies = {name: recorded(name)["response"]["body"] for name in plans}
    unplaced = {name for name, body in bodies.items() if isinstance(body, dict) and body.get("FailedTGAllocs")}
    assert set(EXPECTED["plans"]) == unplaced


@pytest.mark.parametrize("name", [name for name in PARSED if recorded(name)["response"]["status"] == 400])
def test_a_job_that_does_not_parse_is_invalid(name: str) -> None:
    assert classify_refusal(400, recorded(name)["response"]["body"]).kind == "invalid_job"


def test_every_recorded_refusal_is_in_the_table() -> None:
    assert set(EXPECTED["refusals"]) == refused_requests()


@pytest.mark.parametrize("scenario", EXPECTED["runs"])
def test_quotes_are_verbatim(scenario: str) -> None:
    seen = ending(scenario)
    tasks = [task for one in seen.allocations for task in one.tasks]
    words = [event.message.strip() for task in tasks for event in task.events]
    words += [line.strip() for task in tasks for line in (*task.stdout_tail, *task.stderr_tail)]
    cause = cause_of_run(scenario)
    assert seen.placements or (cause.quotes and set(cause.quotes) <= set(words))


@pytest.mark.parametrize("scenario", EXPECTED["runs"])
def test_a_summary_is_one_line_and_leaves_no_gap(scenario: str) -> None:
    summary = cause_of_run(scenario).summary
    assert summary.strip()
    assert not any(gap in summary for gap in ("\n", "  "))


def test_a_failure_that_nothing_explains_is_unknown() -> None:
    cause = classify_failure(Observation(deployment_description="Failed"), spec_of(job("exit1")))
    assert (cause.kind, cause.remedy, cause.quotes) == ("unknown", "human", ("Failed",))


def test_a_version_that_somebody_replaced_before_it_was_healthy_is_superseded() -> None:
    observation = Observation(deployment_description="Cancelled due to newer version of job")
    cause = classify_failure(observation, spec_of(job("exit1")))
    assert (cause.kind, cause.remedy) == ("superseded", "none")


def test_a_refusal_is_read_before_anything_else() -> None:
    seen = ending("docker_oom").model_copy(update={"refusal": "Permission denied"})
    assert classify_failure(seen, spec_of(job("docker_oom"))).kind == "acl"


def test_a_validation_error_is_told_by_its_deepest_line() -> None:
    answer = recorded("register_missing_driver")["response"]
    assert classify_refusal(answer["status"], answer["body"]).summary.endswith("Missing task driver")


def test_a_namespace_that_does_not_exist_is_named() -> None:
    answer = recorded("register_bad_namespace")["response"]
    assert classify_refusal(answer["status"], answer["body"]).facts == {"name": "nope"}


@pytest.mark.parametrize(("status", "text"), [(500, "No cluster leader"), (502, ""), (503, "sealed"), (429, "slow")])
def test_a_cluster_that_does_not_work_is_away(status: int, text: str) -> None:
    assert classify_refusal(status, text).kind == "cluster_away"


@pytest.mark.parametrize(
    ("metrics", "kind"),
    [
        ({"NodesEvaluated": 2, "NodesExhausted": 2, "DimensionExhausted": {"cores": 2}}, "cpu"),
        ({"NodesEvaluated": 2, "NodesExhausted": 2, "DimensionExhausted": {"devices": 2}}, "capacity"),
        ({"NodesAvailable": {"dc1": 2}}, "capacity"),
        ({"NodesEvaluated": 2, "ConstraintFiltered": {"missing CSI Volume data": 2}}, "volume_missing"),
    ],
)
def test_metrics_of_other_clusters_have_a_kind_too(metrics: dict[str, Any], kind: str) -> None:
    seen = observe({"FailedTGAllocs": {"app": metrics}}, None, [], None)
    assert classify_failure(seen, spec_of(job("exit1"))).kind == kind


def test_nodes_that_were_full_decide_before_nodes_that_were_ruled_out() -> None:
    metrics = {"DimensionExhausted": {"memory": 1}, "ConstraintFiltered": {"missing drivers": 5}}
    seen = observe({"FailedTGAllocs": {"app": metrics}}, None, [], None)
    assert classify_failure(seen, spec_of(job("exit1"))).kind == "memory"


def test_refused_credentials_without_words_are_an_acl_matter() -> None:
    assert classify_refusal(401, "").kind == "acl"


def test_classifiers_have_names_of_their_own() -> None:
    names = [name for name, _ in CLASSIFIERS]
    assert len(names) == len(set(names))


def test_the_table_knows_only_kinds_that_exist() -> None:
    kinds = [row["kind"] for table in ("runs", "plans") for row in EXPECTED[table].values()]
    assert set(kinds) | set(EXPECTED["refusals"].values()) <= set(get_args(CauseKind))
