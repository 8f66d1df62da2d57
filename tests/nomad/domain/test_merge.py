import pytest

from muster.nomad.domain.facts import (
    BaseImageFact,
    BuildFact,
    CommandFact,
    EnvFact,
    HealthFact,
    ImageFact,
    NameFact,
    PortFact,
    ProblemFact,
    ReplicasFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
    WorkloadFact,
)
from muster.nomad.domain.profile import Analysis
from nomad.domain.repositories import CELERY, FLASK, ONE_DOCKERFILE, PYTHON, SHOP, analysed, say


def only(evidence):
    return analysed(evidence).services[0]


def test_compose_outweighs_the_dockerfile_and_the_dockerfile_the_code():
    evidence = (
        *say("folder:.", HealthFact(type="http", path="/code")),
        *say("dockerfile:Dockerfile", WorkdirFact(path="/app"), UserFact(user="app")),
        *say("compose:a", BuildFact(context=".", dockerfile="Dockerfile"), UserFact(user="1000", uid=1000)),
    )
    service = only(evidence)
    assert (service.user.value.user, service.user.source) == ("1000", "compose")
    assert (service.workdir.value, service.workdir.source) == ("/app", "dockerfile")
    assert (service.health.value.path, service.health.source) == ("/code", "code")


def test_a_value_carries_its_place_and_reason():
    image = only(SHOP).image
    assert image.where == "compose.yaml:2"
    assert image.reason == "image in compose.yaml"


def test_disagreement_is_kept_with_winner_and_losers():
    evidence = (
        *say("compose:a", BuildFact(context=".", dockerfile="Dockerfile"), UserFact(user="1000", uid=1000)),
        *say("dockerfile:Dockerfile", UserFact(user="app")),
    )
    (conflict,) = analysed(evidence).conflicts
    assert (conflict.field, conflict.winner.value) == ("user", "1000")
    assert [(one.value, one.where) for one in conflict.losers] == [("app", "Dockerfile:1")]


def test_sources_that_agree_are_no_conflict():
    assert analysed(SHOP).conflicts == ()


def test_a_base_image_is_not_the_image():
    service = only(ONE_DOCKERFILE)
    assert service.image is None
    assert service.base_image.value == "python:3.12-slim"


def test_an_unknown_image_says_where_it_was_looked_for():
    (unknown,) = (one for one in analysed(ONE_DOCKERFILE).unknowns if one.field == "image")
    assert "Dockerfile builds it but does not name it" in unknown.looked_for
    assert "python:3.12-slim is not the application" in unknown.looked_for


def test_a_dockerfile_candidate_is_its_own_build():
    assert only(ONE_DOCKERFILE).build.value == BuildFact(context=".", dockerfile="Dockerfile")


@pytest.mark.parametrize(
    ("platform", "architecture"),
    [("linux/arm64", "arm64"), ("linux/arm64/v8", "arm64"), ("$TARGETPLATFORM", None), ("windows/amd64", None)],
)
def test_the_final_stages_platform_is_the_architecture(platform, architecture):
    service = only(say("dockerfile:Dockerfile", BaseImageFact(image="x", platform=platform)))
    assert (service.architecture.value if service.architecture else None) == architecture


def test_an_http_route_wins_over_a_command_but_takes_the_commands_timing():
    evidence = (
        *say(
            "compose:a",
            BuildFact(context=".", dockerfile="Dockerfile"),
            HealthFact(type="command", command=("check",), interval_s=30, start_period_s=90),
        ),
        *say("folder:.", PYTHON, HealthFact(type="http", path="/health")),
    )
    health = only(evidence).health
    assert health.value == HealthFact(type="http", path="/health", interval_s=30, start_period_s=90)
    assert health.source == "code"


def test_a_switched_off_health_check_stays_so_unless_a_route_is_known():
    assert only(say("compose:a", HealthFact(type="disabled"))).health.value.type == "disabled"


def test_lists_are_joined_each_thing_once():
    evidence = (
        *say(
            "compose:a",
            BuildFact(context=".", dockerfile="Dockerfile"),
            VolumeFact(path="/data", source="data", type="named"),
        ),
        *say("dockerfile:Dockerfile", VolumeFact(path="/data"), VolumeFact(path="/cache")),
    )
    volumes = [(one.value.path, one.value.type) for one in only(evidence).volumes]
    assert volumes == [("/data", "named"), ("/cache", "anonymous")]


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ((), "service"),
        ((WorkloadFact(workload="worker"),), "service"),
        ((WorkloadFact(workload="batch"),), "batch"),
        ((WorkloadFact(workload="periodic", cron="0 3 * * *"),), "periodic"),
        ((WorkloadFact(workload="system"),), "system"),
        ((CommandFact(command=("python", "manage.py", "migrate")),), "batch"),
        ((CommandFact(command=("python", "manage.py", "runserver")),), "service"),
    ],
)
def test_the_kind_of_job_follows_from_signs(facts, kind):
    assert only(say("dockerfile:Dockerfile", BaseImageFact(image="x"), *facts)).job.value == kind


def test_a_batch_library_does_not_turn_a_server_into_a_batch_job():
    evidence = say("folder:.", PYTHON, FLASK, WorkloadFact(workload="batch"))
    assert only(evidence).job.value == "service"


def test_a_schedule_is_kept():
    evidence = say("folder:.", PYTHON, WorkloadFact(workload="periodic", cron="0 3 * * *"))
    assert only(evidence).cron.value == "0 3 * * *"


def test_the_name_is_composes_then_the_packages_then_the_repositorys():
    package = say("folder:.", PYTHON, NameFact(name="Pkg"))
    assert analysed(package, name="repo").name.value == "pkg"
    assert analysed(say("folder:.", PYTHON), name="repo").name.value == "repo"
    project = (*package, *say("compose:a", ImageFact(image="x"), NameFact(name="Project")))
    assert analysed(project, name="repo").name.value == "project"


def test_a_package_that_says_nothing_leaves_the_name_to_the_repository():
    assert analysed(say("folder:.", PYTHON, NameFact(name="api")), name="shop").name.value == "shop"


def test_problems_are_kept_with_their_place():
    (problem,) = analysed((*ONE_DOCKERFILE, *say("folder:x", ProblemFact(problem="not text")))).problems
    assert problem.value == "not text"


def test_a_required_variable_that_nobody_sets_is_unknown():
    evidence = say("folder:.", PYTHON, FLASK, EnvFact(name="DSN", required=True))
    assert "env DSN" in [one.field for one in analysed(evidence).unknowns]


def test_a_worker_misses_no_port():
    fields = [one.field for one in analysed(say("folder:.", PYTHON, CELERY)).unknowns]
    assert "port" not in fields


def test_the_main_service_is_built_here_and_listens():
    assert analysed(SHOP).main().name == "api"


def test_where_nothing_is_built_here_a_database_is_not_the_main_service():
    database = say("compose:db", ImageFact(image="mariadb:10"))
    assert (
        analysed((*database, *say("compose:blog", ImageFact(image="wordpress"), PortFact(port=80)))).main().name
        == "blog"
    )
    assert analysed(database).main().name == "db"


def test_an_analysis_survives_being_stored():
    analysis = analysed((*SHOP, *say("compose:x", ImageFact(image="x"), ReplicasFact(count=3))))
    assert Analysis.model_validate(analysis.model_dump()) == analysis
    assert Analysis.model_validate_json(analysis.model_dump_json()) == analysis
