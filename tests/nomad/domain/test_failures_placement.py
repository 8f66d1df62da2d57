"""Why a group found no node, where the scheduler speaks of many nodes."""

from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.outcomes import Cause, Observation, Placement
from muster.nomad.domain.spec import JobSpec
from nomad.domain.failing_jobs import web_job

ALIKE = "computed class ineligible"


def cause_of(filtered: dict[str, int], job: JobSpec) -> Cause:
    nodes = sum(filtered.values())
    placement = Placement(group="web", nodes_evaluated=nodes, nodes_filtered=nodes, constraint_filtered=filtered)
    return classify_failure(Observation(placements=(placement,)), job)


def without_volumes() -> JobSpec:
    job = web_job(mounts=())
    return job.with_group(job.group("web").model_copy(update={"volumes": ()}))


def test_the_first_nodes_reason_speaks_for_the_nodes_like_it() -> None:
    cause = cause_of({ALIKE: 2, "missing compatible host volumes": 1}, web_job())
    assert cause.kind == "volume_missing"
    assert cause.summary == (
        "web finds no node: 'missing compatible host volumes' rules out 3 of 3 nodes (wanted: data)"
    )


def test_a_constraint_is_named_and_not_the_class() -> None:
    cause = cause_of({ALIKE: 2, "${node.class} = gpu": 1}, web_job())
    assert (cause.kind, cause.facts["constraint"]) == ("constraint", "${node.class} = gpu")


def test_without_a_reason_the_wish_for_a_host_volume_is_the_lead() -> None:
    cause = cause_of({ALIKE: 3}, web_job())
    assert cause.kind == "volume_missing"
    assert "does not say why; the job wants the host volume data, which may be what is missing" in cause.summary


def test_without_a_reason_and_without_a_volume_nothing_is_guessed() -> None:
    cause = cause_of({ALIKE: 3}, without_volumes())
    assert cause.kind == "constraint"
    assert cause.summary == "web finds no node: 3 of 3 nodes are ruled out, and the scheduler does not say why"
