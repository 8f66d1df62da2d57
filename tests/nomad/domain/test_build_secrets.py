import pytest

from muster.nomad.domain.facts import EnvFact, ImageFact
from muster.nomad.domain.task import Template, Vault
from muster.nomad.domain.values import VarRef
from nomad.domain.repositories import built, cluster, say

KEY = EnvFact(name="API_KEY", secret=True, required=True)


def spec(*facts, answers=None, target=None):
    table = {f"web.{name}": place for name, place in (answers or {}).items()}
    return built(say("compose:web", ImageFact(image="x"), *facts), "", {"env": table}, target=target)


def task(*facts, **how):
    return spec(*facts, **how).groups[0].tasks[0]


def test_a_nomad_variable_is_read_by_a_template():
    (template,) = task(KEY, answers={"API_KEY": "nomad-var:nomad/jobs/web#key"}).templates
    assert template == Template(
        data='{{ with nomadVar "nomad/jobs/web" }}\nAPI_KEY={{ .key | toJSON }}\n{{ end }}\n',
        destination="${NOMAD_SECRETS_DIR}/secrets.env",
        env=True,
    )


@pytest.mark.parametrize(
    ("place", "path", "value"),
    [
        ("vault:secret/web#key", "secret/data/web", ".Data.data.key"),
        ("vault:secret/data/web#key", "secret/data/web", ".Data.data.key"),
        ("vault:kv/a/b#api-key", "kv/data/a/b", 'index .Data.data "api-key"'),
        ("nomad-var:web#api-key", "web", 'index . "api-key"'),
    ],
)
def test_the_path_and_the_key_are_those_that_the_store_wants(place, path, value):
    data = task(KEY, answers={"API_KEY": place}).templates[0].data
    assert f'"{path}"' in data
    assert f"API_KEY={{{{ {value} | toJSON }}}}" in data


def test_one_template_reads_all_keys_of_a_path():
    facts = (KEY, EnvFact(name="SALT", secret=True), EnvFact(name="PASSWORD", secret=True))
    places = {"API_KEY": "vault:a/x#k", "SALT": "vault:a/x#s", "PASSWORD": "nomad-var:y#p"}
    templates = task(*facts, answers=places).templates
    assert [one.data.count("toJSON") for one in templates] == [2, 1]
    assert len({one.destination for one in templates}) == 2


def test_a_secret_without_place_is_a_variable_without_default():
    found = spec(KEY)
    assert found.groups[0].tasks[0].env == {"API_KEY": VarRef(var="web_api_key")}
    (variable,) = found.missing_variables()
    assert (variable.name, variable.default) == ("web_api_key", None)
    assert "better answer its place" in variable.missing


def test_a_secret_that_the_code_can_do_without_is_left_out():
    evidence = say("folder:.", EnvFact(name="TOKEN", secret=True), ImageFact(image="x"))
    assert built((*say("dockerfile:Dockerfile", ImageFact(image="x")), *evidence)).variables == ()


def test_a_required_value_that_nobody_gives_is_a_variable():
    (variable,) = spec(EnvFact(name="DSN", required=True)).variables
    assert (variable.name, variable.description) == ("web_dsn", "DSN of web")
    assert "compose.yaml:2 names it" in variable.missing


@pytest.mark.parametrize(
    ("target", "vault"),
    [
        (None, Vault()),
        (cluster("1.10.0"), Vault()),
        (cluster("1.9.4"), Vault(policies=("shop",))),
        (cluster("1.1.2"), Vault(policies=("shop",))),
    ],
)
def test_vault_is_reached_by_policy_before_1_10_and_by_identity_since(target, vault):
    assert task(KEY, answers={"API_KEY": "vault:secret/web#key"}, target=target).vault == vault


def test_without_a_secret_in_vault_there_is_no_vault_block():
    assert task(KEY, answers={"API_KEY": "nomad-var:web#key"}).vault is None
