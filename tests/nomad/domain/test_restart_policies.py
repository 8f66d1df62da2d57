import pytest

from muster.nomad.domain.facts import (
    CommandFact,
    DependsOnFact,
    HealthFact,
    ImageFact,
    PortFact,
    RestartFact,
    WorkloadFact,
)
from nomad.domain.repositories import CELERY, PYTHON, analysed, built, decided, say

IMPORT = CommandFact(command=("python", "import.py"))
NO = RestartFact(policy="no")


def job(*facts, others=()):
    analysis = analysed((*say("compose:web", ImageFact(image="acme/x:1"), *facts), *others))
    return next(one.job for one in analysis.services if one.name == "web")


@pytest.mark.parametrize("policy", ["no", "on-failure", "on-failure:3"])
def test_what_is_not_started_again_and_listens_nowhere_is_a_batch_job(policy):
    found = job(IMPORT, RestartFact(policy=policy))
    reason = f"restart: {policy.partition(':')[0]}, and nothing listens: it ends by itself (compose.yaml:3)"
    assert (found.value, found.explain()) == ("batch", reason)


@pytest.mark.parametrize(
    "facts",
    [
        (IMPORT, RestartFact(policy="always")),
        (NO, IMPORT, PortFact(port=80)),
        (NO, IMPORT, HealthFact(type="command", command=("true",))),
        (NO, CommandFact(command=("celery", "worker"))),
        (NO, WorkloadFact(workload="worker")),
    ],
)
def test_a_sign_that_it_runs_on_makes_it_a_service(facts):
    assert job(*facts).value == "service"


def test_a_known_server_stays_a_service_whatever_its_policy():
    evidence = say("compose:db", ImageFact(image="redis:7"), NO)
    assert analysed(evidence).services[0].job.value == "service"


def test_what_another_wants_healthy_is_a_service():
    other = say("compose:api", ImageFact(image="y"), DependsOnFact(service="web", condition="service_healthy"))
    assert job(IMPORT, NO, others=other).value == "service"


def test_a_bot_is_not_ended_by_its_policy():
    evidence = (*say("compose:web", ImageFact(image="x"), RestartFact(policy="on-failure")), *say("folder:.", PYTHON))
    bot = say("compose:web", CELERY)
    assert analysed((*evidence, *bot)).services[0].job.value == "service"


def test_a_port_that_the_user_names_outweighs_the_policy():
    evidence = say("compose:web", ImageFact(image="x"), IMPORT, NO)
    assert decided(evidence, "", {"web.port": 8080}).analysis.services[0].job.value == "service"
    assert built(evidence, "listens on 8080").type == "service"
    assert built(evidence, "listens on 8080, as a batch job").type == "batch"
