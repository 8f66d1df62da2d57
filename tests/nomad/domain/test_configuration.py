from muster.nomad.domain.configuration import answered_variables, configuration_table, open_variables
from muster.nomad.domain.env.suggest import suggest_env
from muster.nomad.domain.env.surroundings import Stores
from muster.nomad.domain.env_table import with_env_answers
from muster.nomad.domain.facts import DependencyFact, EnvFact, ImageFact, PortFact
from nomad.domain.repositories import analysed, say

EVIDENCE = say(
    "compose:web",
    ImageFact(image="acme/web:1"),
    PortFact(port=80),
    DependencyFact(service="redis", by="redis-py"),
    EnvFact(name="MODE", value="prod"),
    EnvFact(name="HOST", required=True),
    EnvFact(name="DSN", required=True),
    EnvFact(name="API_KEY", place="vault:secret/data/web#key", secret=True),
)
ANALYSIS = suggest_env(analysed(EVIDENCE), None, Stores(), app="web")


def line(what):
    lines = configuration_table(ANALYSIS).splitlines()
    return next((" ".join(one.split()) for one in lines if one.startswith(what)), "")


def test_each_value_has_its_source_confidence_and_place():
    assert line("web.image") == "web.image acme/web:1 compose 100% compose.yaml:1"
    assert line("web.env MODE") == "web.env MODE prod compose 100% compose.yaml:4"


def test_a_secret_has_its_place():
    assert line("web.env API_KEY") == "web.env API_KEY vault:secret/data/web#key compose 100% compose.yaml:7"


def test_a_variable_that_nobody_sets_has_what_is_suggested():
    assert line("web.env HOST") == "web.env HOST 0.0.0.0 suggested 80% compose.yaml:5"
    assert line("web.env DSN") == "web.env DSN required, and nobody sets it unknown compose.yaml:6"
    assert open_variables(ANALYSIS) == ("web.HOST", "web.DSN")


def test_a_variable_stands_there_once():
    assert configuration_table(ANALYSIS).count("env DSN") == 1


def test_what_only_led_to_a_value_is_left_out():
    assert line("web.dependency") == ""


def test_what_is_too_wide_is_cut():
    evidence = say("compose:web", ImageFact(image="x"), EnvFact(name="A", value="y" * 100))
    assert "y" * 47 + "…" in configuration_table(analysed(evidence))


def test_what_was_answered_is_told_with_its_word_and_without_its_value():
    web = with_env_answers(ANALYSIS.services[0], {"env": {"web.DSN": "postgres://private"}})
    assert answered_variables(ANALYSIS.model_copy(update={"services": (web,)})) == "web.DSN  100%  custom"
