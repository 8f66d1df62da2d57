import pytest

from muster.core.errors import UsageError
from muster.core.evidence import Sourced
from muster.core.gates.questions import Form
from muster.core.gates.validate import validate_answers
from muster.nomad.domain.env.cells import Suggestion, read_cell
from muster.nomad.domain.env_table import env_question, with_env_answers
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.secrets import SecretFound
from muster.nomad.domain.facts import EnvFact, ImageFact, PortFact
from muster.nomad.domain.places import Place, parse_place
from muster.nomad.domain.profile import Analysis, EnvEntry
from nomad.domain.repositories import PYTHON, SHOP, analysed, built, say

EVIDENCE = (
    *say(
        "compose:web",
        ImageFact(image="x"),
        PortFact(port=3000, env="PORT"),
        EnvFact(name="PORT", value="3000"),
        EnvFact(name="MODE", value="prod"),
        EnvFact(name="API_KEY", secret=True),
        EnvFact(name="DSN", required=True),
        EnvFact(name="COLOR"),
    ),
)


def rows(evidence=EVIDENCE):
    question = env_question(analysed(evidence))
    return {row.key: row for row in question.rows} if question else {}


def answered(table, name="web"):
    service = with_env_answers(analysed(EVIDENCE).services[0], {"env": table})
    return next(one for one in service.env if one.name == name)


def test_settings_have_their_value_and_secrets_only_a_place():
    assert rows()["web.MODE"].value == "prod"
    assert rows()["web.API_KEY"].value is None
    assert rows()["web.API_KEY"].reason == "a secret: give its place, never its value"


def test_what_the_code_needs_must_be_filled_in():
    assert rows()["web.DSN"].value is None
    assert rows()["web.DSN"].optional is False


def test_the_ports_variable_and_defaults_in_the_code_are_left_alone():
    assert set(rows()) == {"web.MODE", "web.API_KEY", "web.DSN", "web.COLOR"}


def test_what_is_named_without_a_value_may_be_given_one():
    assert rows()["web.COLOR"].value is None


def test_what_the_image_sets_is_not_asked():
    assert rows(say("dockerfile:Dockerfile", EnvFact(name="A", value="1"))) == {}


def test_a_secret_that_the_code_may_live_without_may_be_given_its_place():
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=80)),
        *say("folder:.", PYTHON, EnvFact(name="API_TOKEN", secret=True), EnvFact(name="COLOR")),
    )
    assert {key: row.optional for key, row in rows(evidence).items()} == {"app.API_TOKEN": True}


def test_what_the_image_sets_is_not_asked_though_the_code_needs_it() -> None:
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=80), EnvFact(name="FILE", value="/app/x")),
        *say("folder:.", PYTHON, EnvFact(name="FILE", required=True)),
    )
    assert rows(evidence) == {}


def test_nothing_is_asked_where_compose_says_it_all():
    assert env_question(analysed(SHOP)) is None


def test_an_examples_value_is_offered_to_be_confirmed():
    evidence = (
        *say("folder:.", PYTHON),
        *say("folder:.", EnvFact(name="TITLE", value="notes"), where=".env.example"),
    )
    row = rows(evidence)["app.TITLE"]
    assert (row.value, row.optional, row.where) == ("notes", True, ".env.example:1")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("nomad-var:nomad/jobs/web#key", Place(store="nomad-var", path="nomad/jobs/web", key="key")),
        (" vault:secret/app#db-password ", Place(store="vault", path="secret/app", key="db-password")),
        ("vault:secret/app", None),
        ("hunter2", None),
        ("vault:a{{b#c", None),
        ('nomad-var:a"b#c', None),
    ],
)
def test_a_place_names_store_path_and_key(text, place):
    assert parse_place(text) == place


def test_a_place_is_taken_for_a_secret():
    entry = answered({"web.API_KEY": "vault:secret/web#key"}, "API_KEY")
    assert (entry.place, entry.value) == ("vault:secret/web#key", None)


def test_a_setting_that_gets_a_place_becomes_a_secret():
    entry = answered({"web.DSN": "nomad-var:web#dsn"}, "DSN")
    assert (entry.secret, entry.place) == (True, "nomad-var:web#dsn")


def test_a_secrets_value_is_refused_and_not_repeated():
    with pytest.raises(UsageError) as refused:
        answered({"web.API_KEY": "hunter2"}, "API_KEY")
    assert "web.API_KEY is no place" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_secrets_value_does_not_pass_the_gate_behind_which_answers_are_stored():
    form = Form(title="Questions", questions=[env_question(analysed(EVIDENCE))])
    with pytest.raises(UsageError, match=r"web.API_KEY must look like nomad-var:PATH#KEY") as refused:
        validate_answers(form, {"env": {"web.DSN": "x", "web.API_KEY": "hunter2"}})
    assert "hunter2" not in str(refused.value)
    assert validate_answers(form, {"env": {"web.DSN": "x", "web.API_KEY": " vault:secret/app#key "}})


def test_an_answer_outranks_compose():
    entry = answered({"web.MODE": "dev"}, "MODE")
    assert (entry.value, entry.origin) == ("dev", "user")


def test_an_empty_answer_leaves_a_gap_open():
    assert answered({"web.DSN": ""}, "DSN").value is None
    assert answered({"web.API_KEY": ""}, "API_KEY").place == ""


def test_an_answer_for_a_new_variable_adds_it():
    assert answered({"web.NEW": "1"}, "NEW").value == "1"


def test_answers_for_another_service_are_not_ours():
    assert answered({"api.MODE": "dev"}, "MODE").value == "prod"


def test_what_compose_hands_through_may_stay_empty():
    evidence = say("compose:web", ImageFact(image="x"), EnvFact(name="DEBUG"), EnvFact(name="DSN", required=True))
    assert (rows(evidence)["web.DEBUG"].value, rows(evidence)["web.DEBUG"].optional) == (None, True)
    assert [one.name for one in built(evidence).variables] == ["web_dsn"]


def test_what_only_an_examples_comment_names_is_not_asked():
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=80)),
        *say("folder:.", PYTHON, EnvFact(name="HOST")),
        *say("folder:.", EnvFact(name="HOST", value="smtp.domain.tld", optional=True), where=".env.example"),
    )
    assert rows(evidence) == {}


def offering(text, confidence, *, secret=False):
    entry = EnvEntry(
        name="X",
        secret=secret,
        required=True,
        suggestion=Suggestion(cell=read_cell(text), confidence=confidence, reason="because"),
    )
    service = analysed(EVIDENCE).services[0].model_copy(update={"env": (entry,)})
    return Analysis(name=Sourced(value="shop", source="default"), services=(service,))


def answer(analysis, text, estate=None):
    return with_env_answers(analysis.services[0], {"env": {"web.X": text}}, estate).env[0]


def test_a_place_in_consul_is_taken_for_a_setting_and_makes_it_no_secret():
    entry = answered({"web.DSN": "consul:shop/config/dsn"}, "DSN")
    assert (entry.place, entry.secret, entry.value) == ("consul:shop/config/dsn", False, None)


def test_consuls_store_is_no_place_for_a_secret():
    with pytest.raises(UsageError, match=r"web.API_KEY is no place"):
        answered({"web.API_KEY": "consul:shop/config/key"}, "API_KEY")


def test_the_port_that_nomad_gives_is_an_answer():
    entry = answered({"web.DSN": "nomad:assigned"}, "DSN")
    assert (entry.assigned, entry.value, entry.secret) == (True, None, False)


def test_an_address_of_consul_is_a_value():
    assert answered({"web.DSN": "consul:8500"}, "DSN").value == "consul:8500"


def test_a_place_without_its_key_does_not_pass_for_a_value():
    form = Form(title="Questions", questions=[env_question(analysed(EVIDENCE))])
    with pytest.raises(UsageError, match=r"web.DSN must look like"):
        validate_answers(form, {"env": {"web.DSN": "vault:secret/shop"}})


def test_a_guess_is_offered_and_never_a_default():
    (row,) = env_question(offering("vault:secret/data/shop/config#x", 0.5, secret=True)).rows
    assert (row.value, row.suggestion) == (None, "vault:secret/data/shop/config#x")
    assert (row.confidence, row.reason) == (0.5, "a secret: give its place, never its value; because")


def test_what_exists_is_the_default():
    (row,) = env_question(offering("vault:secret/data/shop/config#x", 0.7, secret=True)).rows
    assert (row.value, row.suggestion) == ("vault:secret/data/shop/config#x", None)


def test_a_default_that_was_taken_is_as_sure_as_it_was():
    entry = answer(offering("0.0.0.0", 0.8), "0.0.0.0")
    assert (entry.value, entry.confidence, entry.reason) == ("0.0.0.0", 0.8, "because")


def test_a_guess_that_a_person_confirmed_is_certain():
    entry = answer(offering("consul:shop/config/x", 0.4), "consul:shop/config/x")
    assert (entry.place, entry.confidence, entry.note) == ("consul:shop/config/x", 1.0, "custom")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("vault:secret/data/shop#key", "validated"),
        ("vault:secret/shop#key", "validated"),
        ("vault:secret/data/shop#other", "custom"),
        ("consul:shop/config/x", "validated"),
        ("plain", "custom"),
    ],
)
def test_an_answer_is_validated_where_its_place_exists(text, note):
    estate = EstateFacts(
        secrets=(SecretFound(path="secret/data/shop", mount="secret", version=2, keys=("key",)),),
        config_keys=("shop/config/x",),
    )
    assert answer(offering("0.0.0.0", 0.8), text, estate).note == note


def test_the_reason_of_an_answer_says_whether_it_was_found():
    assert answered({"web.DSN": "x"}, "DSN").reason == "answered (custom)"


def test_an_examples_value_that_was_confirmed_is_the_users_own():
    evidence = (*say("folder:.", PYTHON), *say("folder:.", EnvFact(name="TITLE", value="notes"), where=".env.example"))
    entries = with_env_answers(analysed(evidence).services[0], {"env": {"app.TITLE": "notes"}}).env
    (entry,) = [one for one in entries if one.name == "TITLE"]
    assert (entry.value, entry.confidence, entry.note) == ("notes", 1.0, "custom")


def test_a_secret_takes_no_plain_source():
    row = rows()["web.API_KEY"]
    assert [one.name for one in row.sources] == ["vault", "nomad"]
    assert [one.name for one in rows()["web.MODE"].sources] == ["fixed", "consul", "vault", "nomad", "assigned port"]


def test_a_place_that_a_source_gives_can_be_answered_otherwise():
    evidence = say("compose:web", ImageFact(image="x"), EnvFact(name="A", place="vault:secret/x#a", secret=True))
    assert rows(evidence)["web.A"].value == "vault:secret/x#a"
