"""Candidates from Kubernetes' workloads, platforms' processes and the files that only name a Dockerfile."""

from muster.nomad.domain.candidates import find_candidates, select_question
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    Evidence,
    Fact,
    ImageFact,
    NameFact,
    PortFact,
    ResourcesFact,
)
from nomad.domain.repositories import FLASK, ONE_DOCKERFILE, PYTHON, SHOP, Evidences, say


def by(source: str, unit: str, *facts: Fact, where: str = "x:1") -> Evidences:
    return tuple(Evidence(unit=unit, fact=fact, source=source, where=where, reason="said") for fact in facts)


def workload(name: str, image: str, where: str = "k8s/app.yaml:1") -> Evidences:
    return by("kubernetes", f"kubernetes:{name}", ImageFact(image=image), where=where)


def units(evidence: Evidences, name: str = "shop") -> dict[str, tuple[str, ...]]:
    return {one.id: one.units for one in find_candidates(evidence, name=name)}


def preselected(evidence: Evidences, name: str = "shop") -> list[str]:
    return [one.id for one in find_candidates(evidence, name=name) if one.preselected]


TWO = (
    *say("dockerfile:api/Dockerfile", PortFact(port=1)),
    *say("dockerfile:web/Dockerfile", PortFact(port=2)),
    *say("folder:api", PYTHON),
)


def test_a_workload_takes_the_dockerfile_in_the_folder_that_its_image_is_called_like():
    found = units((*workload("backend", "ghcr.io/acme/api:1"), *TWO))
    assert found["kubernetes:backend"] == ("kubernetes:backend", "dockerfile:api/Dockerfile", "folder:api")


def test_an_image_may_have_the_repositorys_name_before_the_folders():
    assert "dockerfile:api/Dockerfile" in units((*workload("x", "acme/shop_api"), *TWO))["kubernetes:x"]


def test_the_roots_dockerfile_makes_the_image_that_is_called_like_the_repository():
    evidence = (*workload("x", "acme/shop:2"), *TWO, *say("dockerfile:Dockerfile", PortFact(port=3)))
    assert units(evidence)["kubernetes:x"] == ("kubernetes:x", "dockerfile:Dockerfile")


def test_what_is_pushed_from_a_dockerfile_is_its_image():
    pushed = by("ci", "dockerfile:web/Dockerfile", ImageFact(image="r/front:3"))
    assert "dockerfile:web/Dockerfile" in units((*workload("x", "r/front:1"), *TWO, *pushed))["kubernetes:x"]


def test_the_only_own_workload_runs_the_only_dockerfile():
    evidence = (*workload("x", "acme/other"), *workload("db", "postgres:16"), *ONE_DOCKERFILE)
    assert units(evidence)["kubernetes:x"] == ("kubernetes:x", "dockerfile:Dockerfile", "folder:.")
    assert units(evidence)["kubernetes:db"] == ("kubernetes:db",)


def test_an_official_image_of_a_database_is_not_built_here():
    evidence = (*workload("r", "redis:7"), *say("dockerfile:redis/Dockerfile", PortFact(port=1)), *TWO)
    assert units(evidence)["kubernetes:r"] == ("kubernetes:r",)


def test_workloads_of_images_built_here_run_with_all_that_they_need():
    evidence = (*workload("api", "acme/api"), *workload("db", "postgres:16"), *TWO)
    assert preselected(evidence) == ["kubernetes:api", "kubernetes:db"]


def test_a_dockerfile_comes_before_workloads_of_other_images():
    evidence = (*workload("a", "acme/one"), *workload("b", "acme/two"), *TWO)
    assert preselected(evidence) == ["dockerfile:api/Dockerfile"]


def test_without_any_dockerfile_the_workloads_run():
    assert preselected((*workload("a", "acme/one"), *workload("b", "acme/two"))) == ["kubernetes:a", "kubernetes:b"]


def test_the_only_own_workload_has_the_code_of_the_root_where_there_is_no_dockerfile():
    assert units((*workload("a", "acme/a"), *say("folder:.", PYTHON)))["kubernetes:a"][1:] == ("folder:.",)


def test_workloads_of_examples_are_not_taken_for_the_application():
    evidence = (*workload("a", "acme/a", "examples/k8s/a.yaml:1"), *say("folder:.", PYTHON, FLASK))
    assert preselected(evidence) == ["folder:."]


def test_where_compose_runs_the_application_a_workload_only_adds_to_the_service_of_its_name():
    evidence = (*SHOP, *workload("api", "acme/api"), *workload("cron", "acme/cron"))
    assert units(evidence)["compose:api"][:2] == ("compose:api", "kubernetes:api")
    assert "kubernetes:api" not in units(evidence)
    assert preselected(evidence) == ["compose:api", "compose:redis"]


def test_a_compose_file_of_databases_runs_beside_the_workloads():
    evidence = (
        *say("compose:db", ImageFact(image="postgres:16")),
        *workload("shop", "acme/shop"),
        *workload("pg", "postgres:16"),
        *ONE_DOCKERFILE,
    )
    assert preselected(evidence) == ["kubernetes:shop", "compose:db"]


def test_the_question_shows_what_a_workload_is_built_from():
    question = select_question(find_candidates((*workload("api", "acme/api"), *TWO)))
    assert question is not None
    assert "Kubernetes workload, built from api/Dockerfile" in question.model_dump_json()


def test_a_process_is_offered_with_the_image_of_its_folder():
    worker = by("procfile", "process:worker", CommandFact(command=("work",)))
    assert units((*worker, *ONE_DOCKERFILE))["process:worker"][1:] == ("dockerfile:Dockerfile", "folder:.")
    assert preselected((*worker, *ONE_DOCKERFILE)) == ["dockerfile:Dockerfile"]


def test_a_process_takes_the_dockerfile_that_is_named_for_it():
    named = BuildFact(context=".", dockerfile="web/Dockerfile")
    worker = by("fly", "process:worker", CommandFact(command=("work",)), named)
    assert units((*worker, *TWO))["process:worker"][1:] == ("dockerfile:web/Dockerfile",)


def test_a_process_that_a_service_runs_is_not_offered_again():
    worker = by("procfile", "process:api", CommandFact(command=("work",)))
    assert "process:api" not in units((*SHOP, *worker))


def test_a_size_alone_makes_no_process():
    assert "process:worker" not in units((*by("app.json", "process:worker", ResourcesFact(memory_mb=1)), *TWO))


def test_a_dockerfile_that_nobody_read_is_no_candidate_and_counts_for_its_folder():
    named = by("fly", "dockerfile:api/Dockerfile", NameFact(name="x"), BuildFact(context=".", dockerfile="x"))
    found = find_candidates((*named, *say("folder:api", PYTHON)))
    assert [(one.id, one.name) for one in found] == [("folder:api", "api")]


def test_a_folder_whose_image_is_named_can_run_without_code():
    (only,) = find_candidates(by("fly", "dockerfile:Dockerfile", ImageFact(image="acme/x:1")))
    assert (only.id, only.kind) == ("folder:.", "folder")
    assert "runs acme/x:1" in only.reason
