import pytest

from muster.nomad.domain.env.suggest import stores_of, suggest_env
from muster.nomad.domain.env.surroundings import Stores
from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.conventions import Conventions, VaultConventions
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.secrets import SecretFound
from muster.nomad.domain.facts import CommandFact, DependencyFact, EnvFact, ImageFact, PortFact, WorkloadFact
from nomad.domain.repositories import PYTHON, analysed, cluster, say

VAULT = Stores(vault=True, consul=True)


def suggested(name, *facts, secret=False, estate=None, stores=VAULT, more=()):
    evidence = (
        *say("compose:web", ImageFact(image="x"), PortFact(port=80), EnvFact(name=name, required=True, secret=secret)),
        *say("compose:web", *facts),
        *more,
    )
    services = suggest_env(analysed(evidence), estate, stores, app="shop").services
    web = next(one for one in services if one.name == "web")
    found = next(one for one in web.env if one.name == name).suggestion
    return (found.cell.text, found.confidence) if found else None


def held(path, *keys):
    return EstateFacts(secrets=(SecretFound(path=path, mount="secret", version=2, keys=keys),))


def conventions(**vault):
    return Conventions(vault=VaultConventions(**vault))


@pytest.mark.parametrize("name", ["HOST", "APP_HOST", "BIND_HOST", "LISTEN_HOST"])
def test_a_program_binds_to_every_address(name):
    assert suggested(name) == ("0.0.0.0", 0.8)


def test_the_host_of_what_listens_nowhere_is_somebody_elses():
    worker = say(
        "compose:web", ImageFact(image="x"), WorkloadFact(workload="worker"), EnvFact(name="HOST", required=True)
    )
    (service,) = suggest_env(analysed(worker), None, VAULT, app="shop").services
    assert [one.suggestion for one in service.env] == [None]


@pytest.mark.parametrize("name", ["APP_PORT", "LISTEN_PORT"])
def test_its_port_is_the_one_that_nomad_gives(name):
    assert suggested(name) == ("nomad:assigned", 0.8)


@pytest.mark.parametrize(
    ("name", "value"),
    [("NODE_ENV", "production"), ("RAILS_ENV", "production"), ("ASPNETCORE_ENVIRONMENT", "Production")],
)
def test_the_modes_of_frameworks_are_known(name, value):
    assert suggested(name) == (value, 0.8)


def test_djangos_settings_lie_beside_what_the_command_serves():
    command = CommandFact(command=("gunicorn", "shop.wsgi:application"))
    assert suggested("DJANGO_SETTINGS_MODULE", command) == ("shop.settings", 0.6)


@pytest.mark.parametrize("name", ["APP_PASSWORD", "APP_SECRET", "APP_API_KEY", "APP_TOKEN"])
def test_a_secret_lies_in_vault_under_the_applications_name(name):
    assert suggested(name, secret=True) == (f"vault:secret/data/shop/config#{name.lower()}", 0.5)


@pytest.mark.parametrize(
    ("name", "key"), [("AWS_ACCESS_KEY_ID", "access_key"), ("AWS_SECRET_ACCESS_KEY", "secret_key")]
)
def test_aws_has_a_path_and_keys_of_its_own(name, key):
    assert suggested(name, secret=True) == (f"vault:secret/data/aws/shop#{key}", 0.5)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("secret/data/shop/config", "DB_PASSWORD"),
        ("secret/data/shop/config", "db-password"),
        ("secret/data/shop/db", "password"),
    ],
)
def test_a_key_that_vault_has_beats_a_guess(path, key):
    found = suggested("DB_PASSWORD", secret=True, estate=held(path, "other", key))
    assert found == (f"vault:{path}#{key}", 0.7)


def test_a_key_that_vault_has_for_all_needs_a_person():
    shared = held("secret/data/shared/keys", "API_KEY")
    assert suggested("API_KEY", secret=True, estate=shared) == ("vault:secret/data/shared/keys#API_KEY", 0.6)
    both = EstateFacts(secrets=(*shared.secrets, *held("secret/data/shop/keys", "API_KEY").secrets))
    assert suggested("API_KEY", secret=True, estate=both) == ("vault:secret/data/shop/keys#API_KEY", 0.7)


def test_a_path_of_the_conventions_is_filled_in():
    facts = EstateFacts(conventions=conventions(path_patterns=("kv/data/{env}/{app}/{service}",)))
    found = suggested("API_KEY", secret=True, estate=facts)
    assert found == ("vault:kv/data/production/shop/web#api_key", 0.6)


def test_without_vault_a_secret_is_a_variable_of_the_job():
    stores = stores_of(cluster("1.8.3"), vault=False, consul=False)
    assert suggested("API_KEY", secret=True, stores=stores) == ("nomad-var:nomad/jobs/shop#API_KEY", 0.5)


def test_a_nomad_without_variables_leaves_no_place():
    stores = stores_of(cluster("1.3.0"), vault=False, consul=False)
    assert suggested("API_KEY", secret=True, stores=stores) is None


def test_a_convention_for_the_variable_beats_what_exists():
    facts = held("secret/data/shop/config", "API_KEY").model_copy(
        update={"conventions": conventions(env_var_mappings={"API_KEY": "secret/data/api/{app}#key"})}
    )
    assert suggested("API_KEY", secret=True, estate=facts) == ("vault:secret/data/api/shop#key", 0.6)


def test_a_convention_whose_place_exists_is_sure():
    facts = held("secret/data/api/shop", "key").model_copy(
        update={"conventions": conventions(env_var_mappings={"API_KEY": "secret/data/api/{app}#key"})}
    )
    assert suggested("API_KEY", secret=True, estate=facts) == ("vault:secret/data/api/shop#key", 0.9)


def test_a_path_of_the_conventions_beats_ours():
    facts = EstateFacts(conventions=conventions(path_patterns=("kv/data/{app}/prod",)))
    assert suggested("API_KEY", secret=True, estate=facts) == ("vault:kv/data/shop/prod#api_key", 0.6)


def test_consuls_own_address_is_known_and_its_token_a_secret():
    assert suggested("CONSUL_HTTP_ADDR") == ("http://consul.service.consul:8500", 0.6)
    assert suggested("CONSUL_HTTP_TOKEN", secret=True) == ("vault:secret/data/shop/config#consul_http_token", 0.5)


def test_an_address_is_configuration():
    assert suggested("BILLING_URL") == ("consul:shop/config/billing_url", 0.4)
    assert suggested("BILLING_URL", stores=Stores()) is None


def test_a_key_that_consul_has_is_sure():
    assert suggested("COLOR", estate=EstateFacts(config_keys=("shop/config/color",))) == (
        "consul:shop/config/color",
        0.7,
    )


@pytest.mark.parametrize("key", ["GRAPH_REGION", "graph_region", "graph-region", "GRAPH-REGION"])
def test_a_key_may_be_spelled_as_the_variable_or_small_or_with_dashes(key):
    facts = EstateFacts(config_keys=(f"shop/config/{key}",))
    assert suggested("GRAPH_REGION", estate=facts) == (f"consul:shop/config/{key}", 0.7)


def test_the_url_of_a_database_holds_credentials():
    found = suggested("DATABASE_URL", DependencyFact(service="postgres", by="psycopg"))
    assert found == ("vault:secret/data/shop/config#database_url", 0.5)


REDIS = say("compose:cache", ImageFact(image="redis:7"), PortFact(port=6379))


@pytest.mark.parametrize(
    ("name", "text"), [("REDIS_HOST", "cache"), ("CACHE_PORT", "6379"), ("REDIS_URL", "redis://cache:6379")]
)
def test_a_neighbour_beats_a_pattern(name, text):
    assert suggested(name, more=REDIS) == (text, 0.8)


@pytest.mark.parametrize(
    ("name", "text"), [("REDIS_HOST", "redis.service.consul"), ("REDIS_URL", "redis://redis.service.consul:6379")]
)
def test_a_service_of_consul_beats_a_pattern_and_needs_a_person(name, text):
    facts = EstateFacts(services=(CatalogService(name="redis", instances=1, passing=1),))
    found = suggested(name, DependencyFact(service="redis", by="redis-py"), estate=facts)
    assert found == (text, 0.6)


def test_a_service_whose_name_is_only_similar_is_offered_with_less_confidence():
    facts = EstateFacts(services=(CatalogService(name="orders-redis", instances=1, passing=1),))
    found = suggested("REDIS_HOST", DependencyFact(service="redis", by="redis-py"), estate=facts)
    assert found == ("orders-redis.service.consul", 0.3)


def test_another_host_is_no_address_to_bind():
    assert suggested("MAIL_HOST") is None


def test_what_has_a_value_or_a_default_gets_no_suggestion():
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=80)),
        *say("folder:.", PYTHON, EnvFact(name="HOST", value="10.0.0.1"), EnvFact(name="BIND_HOST")),
    )
    entries = suggest_env(analysed(evidence), None, VAULT, app="shop").services[0].env
    assert [one.suggestion for one in entries] == [None, None]
