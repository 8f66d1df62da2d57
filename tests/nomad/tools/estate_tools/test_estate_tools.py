"""The tools that look at the estate: what they find, that nothing secret leaves them, and what they say without it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import JsonValue

from muster.core.errors import MusterError, UsageError
from muster.nomad.domain.estate.catalog import CatalogService, ServiceEndpoint, StoredValue
from muster.nomad.domain.estate.routes import Route
from muster.nomad.ports import Estate
from muster.nomad.tools.estate_tools.looking import CONVENTIONS_KEY, Around, for_model
from muster.nomad.tools.estate_tools.registry import ADVISOR_TOOLS, ESTATE_TOOLS
from nomad.estate_fakes import ListedCatalog, ListedRouter, ListedSecrets
from nomad.fakes import ScriptedCodebase

CONVENTIONS = {
    "vault": {"env_var_mappings": {"STRIPE_KEY": "secret/data/pay/{app}#stripe"}},
    "fabio": {"hostname_suffix": "apps.example", "reserved_hostnames": ["admin"]},
}
PLANTED = "hunter2-Xk81pQ77"


def stored(**texts: str) -> dict[str, StoredValue]:
    return {key: StoredValue(key=key, text=text, index=1) for key, text in texts.items()}


CATALOG = ListedCatalog(
    known=(
        CatalogService(name="postgres", instances=2, passing=2),
        CatalogService(name="orders-redis", instances=1, passing=1),
    ),
    reached=(ServiceEndpoint(service="postgres", address="10.0.0.5", port=5432, passing=True),),
    store={
        CONVENTIONS_KEY: StoredValue(key=CONVENTIONS_KEY, text=json.dumps(CONVENTIONS), index=1),
        **stored(**{"shop/config": json.dumps({"db_password": PLANTED, "page_size": 20}), "shop/api_token": PLANTED}),
    },
)
SECRETS = ListedSecrets(held={"secret/data/shop/db": ["password", "user"], "secret/data/pay/shop": ["stripe"]})
ROUTER = ListedRouter(known=(Route(service="shop", host="shop.apps.example"), Route(service="web", path="/web")))
AROUND = Around(estate=Estate(secrets=SECRETS, catalog=CATALOG, router=ROUTER))
TOOLS = {one.name: one for one in ADVISOR_TOOLS}


def call(name: str, around: Around = AROUND, **arguments: JsonValue) -> Any:
    return TOOLS[name].call(around, arguments)


def test_the_tools_are_those_that_were_asked_for() -> None:
    assert {one.name for one in ESTATE_TOOLS} == {
        *("query_consul_kv", "list_consul_services", "get_service_endpoints", "check_service_dependency"),
        *("get_agent_conventions", "list_vault_secrets", "get_vault_secret_keys", "suggest_vault_mappings"),
        *("validate_vault_paths", "list_fabio_routes", "get_service_routes", "get_existing_hostnames"),
        *("suggest_fabio_hostname", "validate_fabio_route"),
    }


@pytest.mark.parametrize("name", [one.name for one in ADVISOR_TOOLS])
def test_a_tool_says_what_it_does_and_what_it_takes(name: str) -> None:
    assert len(TOOLS[name].description) > 20
    assert TOOLS[name].parameters["type"] == "object"


EXAMPLES: Mapping[str, dict[str, JsonValue]] = {
    "query_consul_kv": {"key": "shop/config"},
    "list_consul_services": {},
    "get_service_endpoints": {"service": "postgres"},
    "check_service_dependency": {"service": "postgres"},
    "get_agent_conventions": {},
    "list_vault_secrets": {},
    "get_vault_secret_keys": {"path": "secret/shop/db"},
    "suggest_vault_mappings": {"app": "shop", "variables": ["DB_PASSWORD"]},
    "validate_vault_paths": {"places": ["secret/data/shop/db#password"]},
    "list_fabio_routes": {},
    "get_service_routes": {"service": "shop"},
    "get_existing_hostnames": {},
    "suggest_fabio_hostname": {"app": "shop"},
    "validate_fabio_route": {"route": "new.apps.example/"},
    "read_codebase_excerpt": {"path": "app.py"},
    "read_allocation_events": {},
    "read_allocation_logs": {"task": "web"},
    "read_plan": {},
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_its_service_a_tool_says_that_it_is_not_configured(name: str) -> None:
    with pytest.raises(UsageError, match="is not configured"):
        call(name, Around(), **EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_unknown_argument_is_an_error(name: str) -> None:
    with pytest.raises(UsageError, match="privileged"):
        call(name, **EXAMPLES[name], privileged=True)


def test_a_value_of_the_store_is_read_without_its_secrets() -> None:
    found = call("query_consul_kv", key="shop/config")
    assert found["value"]["config"]["page_size"] == 20
    assert PLANTED not in json.dumps(found)
    assert PLANTED not in json.dumps(call("query_consul_kv", key="shop/api_token"))


def test_a_folder_of_the_store_is_listed() -> None:
    assert call("query_consul_kv", key="shop/")["keys"] == ["shop/api_token", "shop/config"]


def test_a_key_that_is_not_there_is_said_so() -> None:
    assert call("query_consul_kv", key="nope") == {"key": "nope", "found": False}


def test_a_dependency_is_found_or_what_is_called_alike() -> None:
    assert call("check_service_dependency", service="postgres")["found"] == "the catalog has postgres, 2 of 2 passing"
    assert call("check_service_dependency", service="redis") == {
        "dependency": "redis",
        "found": None,
        "similar": ["the catalog has orders-redis, 1 of 1 passing"],
        "incomplete": "",
    }


def test_a_services_endpoints_are_listed() -> None:
    (one,) = call("get_service_endpoints", service="postgres")["endpoints"]
    assert (one["address"], one["port"]) == ("10.0.0.5", 5432)


def test_the_conventions_are_read() -> None:
    assert call("get_agent_conventions")["fabio"]["hostname_suffix"] == "apps.example"


def test_a_convention_shows_the_place_of_a_secret() -> None:
    place = "secret/data/{app}/db#password"
    said = json.dumps({"vault": {"env_var_mappings": {"DB_PASSWORD": place}}})
    around = Around(estate=Estate(catalog=ListedCatalog(store=stored(**{CONVENTIONS_KEY: said}))))
    assert call("get_agent_conventions", around)["vault"]["env_var_mappings"] == {"DB_PASSWORD": place}


def test_a_value_where_a_convention_has_a_place_is_not_shown() -> None:
    said = json.dumps({"vault": {"env_var_mappings": {"DB_PASSWORD": PLANTED}}})
    around = Around(estate=Estate(catalog=ListedCatalog(store=stored(**{CONVENTIONS_KEY: said}))))
    with pytest.raises(UsageError, match=r"vault\.env_var_mappings\.DB_PASSWORD: the key is missing") as raised:
        call("get_agent_conventions", around)
    assert PLANTED not in raised.value.message


def test_conventions_that_are_none_are_an_error() -> None:
    broken = ListedCatalog(store=stored(**{CONVENTIONS_KEY: "vault: [1"}))
    with pytest.raises(UsageError, match="not understood"):
        call("get_agent_conventions", Around(estate=Estate(catalog=broken)))


def test_secrets_are_listed_by_name() -> None:
    assert call("list_vault_secrets")["mounts"] == [{"path": "secret", "version": 2}]
    assert call("list_vault_secrets", path="secret/shop")["names"] == ["db"]


def test_the_names_of_a_secrets_keys_are_told() -> None:
    assert call("get_vault_secret_keys", path="secret/shop/db")["keys"] == ["password", "user"]


def test_a_variable_is_mapped_by_convention_or_to_a_key_that_is_there() -> None:
    stripe, password = call("suggest_vault_mappings", app="shop", variables=["STRIPE_KEY", "DB_PASSWORD"])["mappings"]
    assert stripe["place"] == "vault:secret/data/pay/shop#stripe"
    assert password["place"] == "vault:secret/data/shop/db#password"


def test_places_are_held_against_vault() -> None:
    there, no_key, no_path = call(
        "validate_vault_paths", places=["secret/data/shop/db#user", "secret/data/shop/db#nope", "secret/data/x#y"]
    )["places"]
    assert there["valid"] is True
    assert (no_key["valid"], no_key["reason"]) == (False, "it has no key nope")
    assert (no_path["valid"], no_path["reason"]) == (False, "absent")


def test_routes_and_hostnames_are_listed() -> None:
    assert [one["route"] for one in call("list_fabio_routes")["routes"]] == ["shop.apps.example/", "/web"]
    assert [one["service"] for one in call("get_service_routes", service="web")["routes"]] == ["web"]
    assert call("get_existing_hostnames")["hostnames"] == ["shop.apps.example"]


def test_a_hostname_that_is_taken_is_not_suggested() -> None:
    found = call("suggest_fabio_hostname", app="shop")
    assert found["wanted"] == "shop.apps.example"
    assert found["hostname"] not in ("shop.apps.example", "")


def test_a_route_that_another_service_has_is_not_valid() -> None:
    found = call("validate_fabio_route", route="shop.apps.example/")
    assert found["valid"] is False
    assert found["conflicts"][0]["service"] == "shop"
    assert call("validate_fabio_route", route="shop.apps.example/", service="shop")["valid"] is True


def test_a_reserved_hostname_is_not_valid() -> None:
    assert call("validate_fabio_route", route="admin.apps.example/")["reserved"] is True


def test_a_file_is_read_without_its_secrets() -> None:
    code = ScriptedCodebase(files={"app.py": f'PORT = 1\nPASSWORD = "{PLANTED}"\n'})
    around = Around(codebase=code, source=".")
    found = call("read_codebase_excerpt", around, path="app.py", first=1, last=2)
    assert found["lines"][0] == "1| PORT = 1"
    assert PLANTED not in json.dumps(found)
    with pytest.raises(MusterError, match="not shown"):
        call("read_codebase_excerpt", around, path="../../etc/passwd")


def test_a_model_reads_json() -> None:
    tool = for_model(TOOLS["get_existing_hostnames"], AROUND)
    assert json.loads(tool.call({})) == {"hostnames": ["shop.apps.example"]}
