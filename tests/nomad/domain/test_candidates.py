import pytest

from muster.core.gates.questions import ChoiceQuestion, ConfirmQuestion
from muster.nomad.domain.candidates import chosen, find_candidates, select_question
from muster.nomad.domain.facts import (
    BaseImageFact,
    BuildFact,
    ImageFact,
    NameFact,
    PortFact,
    ProblemFact,
    ProfilesFact,
)
from nomad.domain.repositories import FLASK, ONE_DOCKERFILE, PYTHON, SHOP, say


def names(evidence):
    return [one.name for one in find_candidates(evidence)]


def preselected(evidence):
    return [one.name for one in find_candidates(evidence) if one.preselected]


def test_a_compose_service_brings_its_dockerfile_and_its_code():
    api = find_candidates(SHOP)[0]
    assert api.units == ("compose:api", "dockerfile:Dockerfile", "folder:.")


def test_a_service_built_from_its_own_folder_takes_the_code_of_that_folder():
    evidence = (
        *say("compose:api", BuildFact(context="api", dockerfile="api/Dockerfile")),
        *say("dockerfile:api/Dockerfile", PortFact(port=1)),
        *say("folder:api", PYTHON),
        *say("folder:.", PYTHON),
    )
    assert find_candidates(evidence)[0].units == ("compose:api", "dockerfile:api/Dockerfile", "folder:api")


def test_a_dockerfile_in_a_folder_of_its_own_takes_the_code_of_its_context():
    evidence = (
        *say("compose:api", BuildFact(context=".", dockerfile="docker/api.Dockerfile")),
        *say("folder:.", PYTHON),
    )
    assert find_candidates(evidence)[0].units == ("compose:api", "folder:.")


def test_a_service_with_an_image_has_no_code():
    assert find_candidates(SHOP)[1].units == ("compose:redis",)


def test_services_with_profiles_are_not_preselected():
    evidence = (*SHOP, *say("compose:adminer", ImageFact(image="adminer"), ProfilesFact(profiles=("dev",))))
    assert preselected(evidence) == ["api", "redis"]


def test_where_every_service_has_a_profile_the_first_is_preselected():
    evidence = say("compose:a", ImageFact(image="a"), ProfilesFact(profiles=("dev",)))
    assert preselected(evidence) == ["a"]


def test_a_dockerfile_that_compose_does_not_build_is_offered_but_not_preselected():
    evidence = (*SHOP, *say("dockerfile:tools/Dockerfile", PortFact(port=1)))
    assert names(evidence) == ["api", "redis", "tools"]
    assert preselected(evidence) == ["api", "redis"]


def test_a_compose_file_of_databases_alone_leaves_the_app_to_the_dockerfile():
    evidence = (*say("compose:db", ImageFact(image="postgres:16")), *ONE_DOCKERFILE)
    assert names(evidence) == ["app", "db"]
    assert preselected(evidence) == ["app", "db"]


def test_the_roots_dockerfile_comes_first_and_is_the_default():
    evidence = (*say("dockerfile:worker/Dockerfile", PortFact(port=1)), *ONE_DOCKERFILE)
    assert names(evidence) == ["app", "worker"]
    assert preselected(evidence) == ["app"]


def test_the_plain_dockerfile_comes_before_its_variants():
    evidence = (*say("dockerfile:Dockerfile.debug", PortFact(port=1)), *say("dockerfile:Dockerfile", PortFact(port=1)))
    assert names(evidence) == ["app", "debug"]


def test_backups_and_documents_named_dockerfile_are_left_out():
    aside = [
        "Dockerfile.bak",
        "Dockerfile.md",
        "Dockerfile~",
        "Dockerfile.orig",
        "Dockerfile.dockerignore",
        "Dockerfile.txt",
    ]
    evidence = tuple(one for name in aside for one in say(f"dockerfile:{name}", PortFact(port=1)))
    assert find_candidates(evidence) == ()


def test_code_without_dockerfile_is_a_candidate_whose_image_is_unknown():
    (only,) = find_candidates(say("folder:.", PYTHON, NameFact(name="My App")))
    assert only.kind == "folder"
    assert only.name == "my-app"
    assert "image is unknown" in only.reason


def test_a_file_that_could_not_be_read_is_no_candidate():
    assert find_candidates(say("dockerfile:Dockerfile", ProblemFact(problem="binary"))) == ()


def test_names_that_nomad_would_confuse_are_told_apart():
    evidence = (*say("compose:a_b", ImageFact(image="x")), *say("compose:a-b", ImageFact(image="y")))
    assert names(evidence) == ["a-b", "a-b-2"]


def test_several_are_asked_with_all_of_compose_as_default():
    question = select_question(find_candidates(SHOP))
    assert isinstance(question, ChoiceQuestion)
    assert question.multiple
    assert question.default == ["compose:api", "compose:redis"]


def test_what_is_left_out_by_default_is_said():
    question = select_question(find_candidates((*SHOP, *say("dockerfile:t/Dockerfile", PortFact(port=1)))))
    assert question is not None
    assert question.reason == "by default api, redis; left out: t"


def test_one_is_confirmed():
    question = select_question(find_candidates(ONE_DOCKERFILE))
    assert isinstance(question, ConfirmQuestion)
    assert question.default is True


def test_nothing_is_asked_where_only_a_language_is_known():
    assert select_question(find_candidates(say("folder:.", PYTHON, FLASK))) is None
    assert select_question(()) is None


def test_an_answer_picks_and_no_answer_takes_the_default():
    candidates = find_candidates(SHOP)
    assert chosen(candidates) == ("compose:api", "compose:redis")
    assert chosen(candidates, ["compose:redis"]) == ("compose:redis",)
    assert chosen(candidates, "api") == ("compose:api",)
    assert chosen(candidates, True) == ("compose:api", "compose:redis")
    assert chosen(candidates, False) == ()


def test_a_root_without_a_name_of_its_own_is_called_as_the_repository_is():
    (only,) = find_candidates(say("dockerfile:Dockerfile", BaseImageFact(image="alpine")), name="My Shop")
    assert only.name == "my-shop"


def test_beside_a_compose_file_of_databases_the_code_runs_too() -> None:
    evidence = (*say("compose:db", ImageFact(image="postgres:16")), *say("folder:.", PYTHON, FLASK))
    found = find_candidates(evidence)
    assert [(one.id, one.preselected) for one in found] == [("folder:.", True), ("compose:db", True)]


def test_a_library_beside_a_compose_file_of_databases_is_no_application() -> None:
    evidence = (*say("compose:db", ImageFact(image="postgres:16")), *say("folder:.", PYTHON))
    assert [one.id for one in find_candidates(evidence)] == ["compose:db"]


def test_code_above_the_folder_of_a_dockerfile_is_the_images() -> None:
    build = BuildFact(context="api", dockerfile="api/src/main/docker/Dockerfile")
    evidence = (*say("dockerfile:api/src/main/docker/Dockerfile", build), *say("folder:api", PYTHON))
    assert find_candidates(evidence)[0].units == ("dockerfile:api/src/main/docker/Dockerfile", "folder:api")


def test_a_test_folders_dockerfile_comes_last_however_near_to_the_root():
    evidence = (
        *say("dockerfile:packaging/debian/Dockerfile", ImageFact(image="x")),
        *say("dockerfile:packaging/docker/alpine/Dockerfile", PortFact(port=1)),
    )
    assert [one.id for one in find_candidates(evidence) if one.preselected] == [
        "dockerfile:packaging/docker/alpine/Dockerfile"
    ]


def test_a_compose_file_of_tests_stays_behind_a_dockerfile():
    evidence = (
        *say("compose:oidc", ImageFact(image="authelia"), where="test/oidc/docker-compose.yml"),
        *say("dockerfile:docker/Dockerfile", PortFact(port=1)),
    )
    assert preselected(evidence) == ["app"]


def test_a_compose_file_of_the_documentation_counts_where_it_runs_what_is_published_here():
    evidence = (
        *say("compose:web", ImageFact(image="acme/notes"), where="docs/install/docker-compose.yml"),
        *say("dockerfile:Dockerfile", PortFact(port=1)),
    )
    assert [one.id for one in find_candidates(evidence, name="notes") if one.preselected] == ["compose:web"]


def test_a_dockerfile_that_only_an_example_builds_stands_for_itself():
    evidence = (
        *say("compose:a", BuildFact(context=".", dockerfile="Dockerfile"), where="examples/compose.yaml"),
        *say("dockerfile:Dockerfile", PortFact(port=1)),
    )
    assert preselected(evidence) == ["app"]


def test_a_compose_file_of_examples_is_taken_where_there_is_nothing_else():
    evidence = say("compose:a", ImageFact(image="x"), where="examples/compose.yaml")
    assert preselected(evidence) == ["a"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("docker/Dockerfile", "app"),
        ("scripts/Dockerfile", "app"),
        ("Containerfile", "app"),
        ("stats/src/main/docker/Dockerfile.jvm", "stats"),
        ("api/docker/Dockerfile", "api"),
        ("docker/alpine.Dockerfile", "app"),
    ],
)
def test_folders_of_build_files_and_variants_of_an_image_are_no_names(path, name):
    assert names(say(f"dockerfile:{path}", PortFact(port=1))) == [name]


def test_a_service_whose_image_is_called_like_the_repository_is_its_code():
    evidence = (
        *say("compose:web", ImageFact(image="ghcr.io/acme/notes:latest")),
        *say("dockerfile:docker/Dockerfile", PortFact(port=1)),
        *say("folder:.", PYTHON),
    )
    web = find_candidates(evidence, name="notes")[0]
    assert web.units == ("compose:web", "dockerfile:docker/Dockerfile", "folder:.")


def test_a_database_that_is_called_like_the_repository_is_not_built_from_it():
    evidence = (*say("compose:db", ImageFact(image="redis:7")), *say("dockerfile:Dockerfile", PortFact(port=1)))
    assert find_candidates(evidence, name="redis")[-1].units == ("compose:db",)
