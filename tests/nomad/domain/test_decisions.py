import pytest

from muster.core.evidence import Sourced
from muster.nomad.domain.facts import EnvFact, ImageFact
from nomad.domain.repositories import ONE_DOCKERFILE, SHOP, WEB_AND_WORKER, decided, say


def service(evidence, prompt="", answers=None, name="app"):
    return decided(evidence, prompt, answers).analysis.service(name)


def test_the_prompt_outranks_the_repository():
    api = service(SHOP, "3 replicas with 2 GB, health check at /ready, it listens on 9000", name="api")
    assert api.replicas.value == 3
    assert (api.memory_mb.value, api.cpu_mhz) == (2048, None)
    assert api.health.value.path == "/ready"
    assert [one.value.port for one in api.ports] == [9000]
    assert api.replicas.source == "user"


def test_wishes_are_the_main_services():
    redis = service(SHOP, "3 replicas on port 80 with 2 GB", name="redis")
    assert redis.replicas is None
    assert redis.static_port is None
    assert redis.memory_mb.value == 128


def test_an_answer_outranks_the_prompt():
    assert service(ONE_DOCKERFILE, "2 replicas", {"app.count": 5}).replicas.value == 5


def test_one_image_answers_for_every_service_of_the_same_build():
    answers = {"web.image": "ghcr.io/x/web:1"}
    for name in ("web", "worker"):
        assert service(WEB_AND_WORKER, "", answers, name).image == Sourced(
            value="ghcr.io/x/web:1", source="user", reason="answered"
        )
    assert service(WEB_AND_WORKER, "", answers, "broker").image.value == "redis:7"


def test_port_zero_means_that_nothing_listens():
    x = service(say("compose:x", ImageFact(image="acme/x")), "", {"x.port": 0}, "x")
    assert (x.ports, x.listens.value) == ((), False)


def test_a_port_that_is_answered_is_listened_on():
    x = service(say("compose:x", ImageFact(image="acme/x")), "", {"x.port": 9000}, "x")
    assert ([one.value.port for one in x.ports], x.listens.value) == ([9000], True)


@pytest.mark.parametrize(
    ("answer", "size"),
    [("heavy", (1000, 2048)), ("700/900", (700, 900)), ("700 / 900", (700, 900)), ("nonsense", None), ("0/5", None)],
)
def test_resources_are_a_class_or_numbers(answer, size):
    found = service(ONE_DOCKERFILE, "", {"app.resources": answer})
    assert ((found.cpu_mhz.value, found.memory_mb.value) if found.cpu_mhz else None) == size


@pytest.mark.parametrize(("answer", "mode"), [(["host"], "host"), ("bridge", "bridge"), ("", None), (None, None)])
def test_a_choice_is_a_list_or_a_text(answer, mode):
    found = service(ONE_DOCKERFILE, "", {"app.network": answer}).network_mode
    assert (found.value if found else None) == mode


def test_any_architecture_is_no_constraint():
    assert service(ONE_DOCKERFILE, "", {"app.architecture": ["any"]}).architecture is None
    assert service(ONE_DOCKERFILE, "", {"app.architecture": ["arm64"]}).architecture.value == "arm64"


def test_an_empty_answer_changes_nothing():
    answers = {"app.image": "", "app.route": "", "app.storage": "", "app.resources": ""}
    assert decided(ONE_DOCKERFILE, "", answers) == decided(ONE_DOCKERFILE)


def test_the_prompts_place_is_the_jobs():
    found = decided(ONE_DOCKERFILE, "in namespace dev, region eu, datacenter dc7, call it shop2")
    assert found.namespace.value == "dev"
    assert found.region.value == "eu"
    assert found.datacenters.value == ("dc7",)
    assert found.analysis.name.value == "shop2"


PAIR = (
    *say("compose:web", ImageFact(image="acme/web"), EnvFact(name="API_KEY", secret=True)),
    *say("compose:worker", ImageFact(image="acme/worker"), EnvFact(name="API_KEY", secret=True)),
)


def entry(name, variable, prompt, answers=None):
    return next((one for one in service(PAIR, prompt, answers, name).env if one.name == variable), None)


def test_a_place_of_the_prompt_is_that_of_every_service_with_the_variable():
    for name in ("web", "worker"):
        found = entry(name, "API_KEY", "use secret/shop#key for API_KEY")
        assert (found.place, found.origin, found.confidence) == ("vault:secret/shop#key", "user", 1.0)


def test_a_variable_that_no_service_has_is_the_main_ones():
    prompt = "use consul:shop/level for LOG_LEVEL"
    assert (entry("web", "LOG_LEVEL", prompt).place, entry("web", "LOG_LEVEL", prompt).secret) == (
        "consul:shop/level",
        False,
    )
    assert entry("worker", "LOG_LEVEL", prompt) is None


def test_an_answer_outranks_the_place_of_the_prompt():
    answers = {"env": {"web.API_KEY": "nomad-var:shop#key"}}
    found = entry("web", "API_KEY", "use secret/shop#key for API_KEY", answers)
    assert found.place == "nomad-var:shop#key"
