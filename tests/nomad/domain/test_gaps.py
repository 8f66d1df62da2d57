import pytest

from muster.core.gates.questions import TableQuestion
from muster.core.gates.validate import Accepted, Rejected, check_answer, default_answer
from muster.nomad.domain.facts import (
    BuildFact,
    EnvFact,
    ImageFact,
    NetworkModeFact,
    PortFact,
    ReplicasFact,
    ResourcesFact,
    VolumeFact,
    WorkloadFact,
)
from muster.nomad.domain.gaps import gap_questions, own_answers
from muster.nomad.domain.prompt.parse import parse_prompt
from nomad.domain.repositories import CELERY, FLASK, ONE_DOCKERFILE, PYTHON, SHOP, WEB_AND_WORKER, analysed, say


def asked(evidence, prompt=""):
    return {question.id: question for question in gap_questions(analysed(evidence), parse_prompt(prompt))}


def test_the_order_is_that_in_which_answers_decide_others():
    evidence = (*ONE_DOCKERFILE, *say("folder:.", EnvFact(name="DSN", required=True)))
    ids = list(asked(evidence))
    assert ids == ["app.image", "app.network", "env", "app.count", "app.resources", "app.architecture"]


def test_at_most_five_are_asked_beside_the_table():
    evidence = tuple(
        one for n in range(9) for one in say(f"compose:s{n}", BuildFact(context=f"{n}", dockerfile=f"{n}/D"))
    )
    questions = asked(evidence)
    assert len([one for one in questions.values() if not isinstance(one, TableQuestion)]) == 5


def test_what_was_answered_in_advance_is_asked_beyond_the_bound():
    analysis, wishes = analysed(ONE_DOCKERFILE), parse_prompt("")
    assert "app.route" not in [one.id for one in gap_questions(analysis, wishes)]
    ids = [one.id for one in gap_questions(analysis, wishes, given=["app.route", "app.image"])]
    assert ids == ["app.image", "app.network", "app.count", "app.resources", "app.architecture", "app.route"]


def test_a_port_answered_in_advance_may_have_a_route():
    analysis, wishes = analysed(say("compose:x", ImageFact(image="acme/x"))), parse_prompt("")
    assert "x.route" not in [one.id for one in gap_questions(analysis, wishes)]
    assert "x.route" in [one.id for one in gap_questions(analysis, wishes, given=["x.port"])]


@pytest.mark.parametrize(
    ("question", "answer", "most"),
    [
        ("app.resources", "1000000/900", "at most 999999/9999999"),
        ("app.resources", "700/10000000", "at most 999999/9999999"),
        ("app.count", "1001", "at most 1000"),
    ],
)
def test_an_answer_that_nobody_can_have_is_rejected_with_the_most_that_can_be_had(question, answer, most):
    rejected = check_answer(asked(ONE_DOCKERFILE)[question], answer)
    assert isinstance(rejected, Rejected)
    assert most in rejected.problem
    assert isinstance(check_answer(asked(ONE_DOCKERFILE)["app.resources"], "999999/9999999"), Accepted)


def test_an_unknown_image_has_no_default_and_says_where_it_was_looked_for():
    question = asked(ONE_DOCKERFILE)["app.image"]
    assert question.default is None
    assert "Dockerfile builds it but does not name it" in question.reason


def test_one_build_is_asked_for_once():
    assert [name for name in asked(WEB_AND_WORKER) if name.endswith(".image")] == ["web.image"]


def test_what_the_repository_says_is_not_asked():
    evidence = (*SHOP, *say("compose:api", ResourcesFact(cpu_mhz=1, memory_mb=64), NetworkModeFact(mode="host")))
    assert list(asked(evidence)) == ["redis.storage", "api.route"]


def test_what_the_prompt_says_is_not_asked():
    prompt = "image x/y:1, 2 replicas with 1 GB at shop.example.com, host networking"
    assert list(asked(ONE_DOCKERFILE, prompt)) == []


def test_a_port_is_asked_where_nobody_knows_whether_it_listens():
    question = asked(say("compose:x", ImageFact(image="acme/x")))["x.port"]
    assert question.default == 0
    assert "nothing says that it listens" in question.reason


def test_a_worker_is_not_asked_for_a_port_nor_a_route():
    questions = asked(say("folder:.", PYTHON, CELERY))
    assert not {name.split(".")[1] for name in questions} & {"port", "network", "route"}


def test_what_ends_by_itself_is_not_asked_for_a_port() -> None:
    assert "x.port" not in asked(say("compose:x", ImageFact(image="acme/x"), WorkloadFact(workload="batch")))


def test_a_port_asked_for_outside_is_the_default_inside_where_none_is_known():
    question = asked(say("compose:x", ImageFact(image="acme/x")), "on port 80")["x.port"]
    assert question.default == 80
    assert "on port 80" in question.reason


def test_storage_is_asked_for_named_volumes_alone():
    evidence = say(
        "compose:x",
        ImageFact(image="acme/x"),
        PortFact(port=1),
        VolumeFact(path="/a", source="data", type="named"),
        VolumeFact(path="/b"),
    )
    assert asked(evidence)["x.storage"].default == ["host"]
    assert "data at /a" in asked(evidence)["x.storage"].text
    assert "x.storage" not in asked(say("compose:x", ImageFact(image="acme/x"), VolumeFact(path="/b")))


def test_the_architecture_is_asked_only_where_the_image_is_unknown():
    assert "app.architecture" in asked(ONE_DOCKERFILE)
    assert "app.architecture" not in asked(ONE_DOCKERFILE, "image x/y")


def test_resources_are_asked_with_the_class_and_its_reason():
    question = asked(ONE_DOCKERFILE)["app.resources"]
    assert question.default == "medium"
    assert question.reason == "medium: python code without heavy libraries"
    assert question.where == "main.py:1"


@pytest.mark.parametrize("evidence", [ONE_DOCKERFILE, SHOP, WEB_AND_WORKER, say("folder:.", PYTHON, FLASK)])
def test_every_default_is_a_valid_answer(evidence):
    for question in gap_questions(analysed(evidence), parse_prompt("")):
        if not question.id.endswith(".image"):
            assert isinstance(default_answer(question), Accepted), question


def test_a_batch_job_is_not_asked_how_many():
    assert "app.count" not in asked(ONE_DOCKERFILE, "as a batch job")


def test_several_instances_in_compose_are_not_asked_again():
    assert "x.count" not in asked(say("compose:x", ImageFact(image="y"), ReplicasFact(count=3)))


def test_a_default_taken_is_no_answer_of_the_users_own():
    questions = asked(ONE_DOCKERFILE).values()
    given = {"app.image": "shop:1", "app.network": ["bridge"], "app.count": 1, "app.resources": "heavy"}
    assert own_answers(questions, given) == {"app.image": "shop:1", "app.resources": "heavy"}
