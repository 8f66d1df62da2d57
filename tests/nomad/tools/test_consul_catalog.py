"""The catalog's contract, held by the fake and by the adapter against recorded answers of Consul 1.10."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from muster.core.errors import AccessDeniedError, ServiceFailureError, ServiceTimeoutError, TlsError, UnreachableError
from muster.core.observability.tracing import traced_by
from muster.core.testing.tracing import RecordingTracer
from muster.nomad.domain.estate.catalog import CatalogService, ServiceEndpoint, StoredValue
from muster.nomad.ports import Catalog
from muster.nomad.tools.consul_catalog import ConsulCatalog, open_consul
from nomad.estate_fakes import ListedCatalog
from nomad.tools.replaying_server import Replay, recorded, replaying
from shared_data import needs_shared

pytestmark = needs_shared

WEB_TAGS = ("urlprefix-/web strip=/web", "v1")
TOKEN = SecretStr("a34779b5-3af3-c4bf-1517-ac873c88e8d6")


def listed() -> ListedCatalog:
    """The fake, holding what the recorded Consul held."""
    stored = [
        StoredValue(key="app/log_level", text="debug", index=65),
        StoredValue(key="app/empty", text="", index=67),
    ]
    return ListedCatalog(
        known=(
            CatalogService(name="api", tags=("urlprefix-api.lab.test/",), instances=1, passing=1),
            CatalogService(name="web", tags=WEB_TAGS, instances=2, passing=2),
            CatalogService(name="web-bad", tags=("urlprefix-/web-bad",), instances=1, passing=0),
        ),
        reached=tuple(
            ServiceEndpoint(service="web", address="127.0.0.1", port=port, passing=True, tags=WEB_TAGS)
            for port in (27105, 31930)
        ),
        store={one.key: one for one in stored},
    )


def answers() -> dict[str, dict | list[dict]]:
    """What that Consul said. Its checks by node and by state, together, are all there were."""
    checks = recorded("consul_health_node")["body"] + recorded("consul_health_state_critical")["body"]
    return {
        "GET /v1/catalog/services": recorded("consul_catalog_services"),
        "GET /v1/health/state/any": recorded("consul_health_node", body=checks),
        "GET /v1/health/service/web": recorded("consul_health_service"),
        "GET /v1/health/service/nope": recorded("consul_health_service_unknown"),
        "GET /v1/kv/app/log_level": recorded("consul_kv_get"),
        "GET /v1/kv/app/empty": recorded("consul_kv_get_empty_value"),
        "GET /v1/kv/app/nope": recorded("consul_kv_get_404"),
        "GET /v1/kv/app/?keys=": recorded("consul_kv_keys"),
        "GET /v1/kv/none/?keys=": recorded("consul_kv_keys_404"),
        "PUT /v1/kv/app/new?cas=0": [recorded("consul_kv_cas_ok"), recorded("consul_kv_cas_fail")],
    }


@contextmanager
def consul_saying(
    said: dict[str, dict | list[dict]], token: SecretStr | None = None
) -> Iterator[tuple[ConsulCatalog, Replay]]:
    with replaying(said) as replay, open_consul(replay.address, token=token) as catalog:
        yield catalog, replay


@pytest.fixture(params=["fake", "adapter"])
def catalog(request: pytest.FixtureRequest) -> Iterator[Catalog]:
    if request.param == "fake":
        yield listed()
        return
    with consul_saying(answers()) as (adapter, _):
        yield adapter


# The contract.


def test_services_are_told_by_name_with_their_health(catalog: Catalog):
    counts = {one.name: (one.passing, one.instances) for one in catalog.services()}
    assert counts["web"] == (2, 2)
    assert counts["web-bad"] == (0, 1)
    assert list(counts) == sorted(counts)


def test_a_service_has_its_tags(catalog: Catalog):
    assert next(set(one.tags) for one in catalog.services() if one.name == "web") == set(WEB_TAGS)


def test_endpoints_have_address_port_and_health(catalog: Catalog):
    assert [(one.address, one.port, one.passing) for one in catalog.endpoints("web")] == [
        ("127.0.0.1", 27105, True),
        ("127.0.0.1", 31930, True),
    ]


def test_an_unknown_service_has_no_endpoints(catalog: Catalog):
    assert catalog.endpoints("nope") == ()


def test_a_value_comes_with_the_index_that_a_write_names(catalog: Catalog):
    assert catalog.value("app/log_level") == StoredValue(key="app/log_level", text="debug", index=65)


def test_an_empty_value_is_an_empty_text(catalog: Catalog):
    assert catalog.value("app/empty") == StoredValue(key="app/empty", text="", index=67)


def test_a_key_that_is_not_there_has_no_value(catalog: Catalog):
    assert catalog.value("app/nope") is None


def test_keys_below_a_prefix_are_listed(catalog: Catalog):
    assert {"app/empty", "app/log_level"} <= set(catalog.keys("app/"))


def test_a_prefix_without_keys_lists_none(catalog: Catalog):
    assert catalog.keys("none/") == ()


def test_a_second_write_at_the_same_index_changes_nothing(catalog: Catalog):
    assert catalog.write("app/new", "1", base_index=0)
    assert not catalog.write("app/new", "2", base_index=0)


def test_lists_are_whole_where_there_are_no_acls(catalog: Catalog):
    assert catalog.filtered() == ""


# The adapter alone.


def test_a_write_sends_the_text_as_it_stands():
    with consul_saying(answers()) as (catalog, replay):
        catalog.write("app/new", "vault: {}\n", base_index=0)
    assert replay.asked == [("PUT /v1/kv/app/new", "vault: {}\n")]


def test_all_services_with_checks_cost_two_requests():
    with consul_saying(answers()) as (catalog, replay):
        catalog.services()
    one_by_one = [path for path, _ in replay.asked if "/health/service/" in path]
    assert one_by_one == ["GET /v1/health/service/consul"]  # Consul itself has no check
    assert len(replay.asked) == 3


def test_a_service_on_a_node_that_is_away_does_not_pass():
    checks = [
        {"Node": "a", "ServiceID": "", "ServiceName": "", "Status": "critical"},
        {"Node": "a", "ServiceID": "web1", "ServiceName": "web", "Status": "passing"},
        {"Node": "b", "ServiceID": "web1", "ServiceName": "web", "Status": "passing"},
    ]
    said = {"GET /v1/catalog/services": {"status": 200, "body": {"web": []}}}
    with consul_saying(said | {"GET /v1/health/state/any": {"status": 200, "body": checks}}) as (catalog, _):
        assert catalog.services() == (CatalogService(name="web", instances=2, passing=1),)


def test_a_warning_is_no_passing():
    checks = [{"Node": "a", "ServiceID": "web1", "ServiceName": "web", "Status": "warning"}]
    said = {"GET /v1/catalog/services": {"status": 200, "body": {"web": []}}}
    with consul_saying(said | {"GET /v1/health/state/any": {"status": 200, "body": checks}}) as (catalog, _):
        assert catalog.services()[0].passing == 0


def test_an_instance_without_an_address_is_at_its_node():
    with consul_saying({"GET /v1/health/service/web": recorded("consulacl_ro_health")}) as (catalog, _):
        assert [(one.address, one.port) for one in catalog.endpoints("web")] == [("127.0.0.1", 1234)]


def test_bytes_that_are_no_text_are_refused_by_name():
    with (
        consul_saying({"GET /v1/kv/app/bin": recorded("consul_kv_get_binary")}) as (catalog, _),
        pytest.raises(ServiceFailureError, match="app/bin holds bytes that are no text"),
    ):
        catalog.value("app/bin")


def test_a_key_with_odd_letters_is_asked_for_as_it_is():
    with consul_saying({"GET /v1/kv/a%20b%3Fc": recorded("consul_kv_get")}) as (catalog, _):
        assert catalog.value("a b?c") is not None


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("consulacl_badtoken_kv_get", "CONSUL_HTTP_TOKEN is unknown to this Consul"),
        ("consulacl_anon_kv_get", "Give the token in CONSUL_HTTP_TOKEN a policy"),
    ],
)
def test_a_refusal_says_what_to_do_about_the_token(case: str, words: str):
    with (
        consul_saying({"GET /v1/kv/app/a": recorded(case)}) as (catalog, _),
        pytest.raises(AccessDeniedError, match=words),
    ):
        catalog.value("app/a")


def test_a_blocked_endpoint_is_not_blamed_on_the_token():
    blocked = {"status": 403, "body": "Endpoint is blocked by agent configuration"}
    with (
        consul_saying({"GET /v1/kv/app/a": blocked}) as (catalog, _),
        pytest.raises(AccessDeniedError, match="configuration blocks this endpoint"),
    ):
        catalog.value("app/a")


def test_a_bad_datacenter_is_told():
    with (
        consul_saying({"GET /v1/health/service/web": recorded("consul_health_service_bad_dc")}) as (catalog, _),
        pytest.raises(ServiceFailureError, match="no such datacenter"),
    ):
        catalog.endpoints("web")


def test_a_value_that_is_too_big_is_told():
    with (
        consul_saying({"PUT /v1/kv/app/big": recorded("consul_kv_big")}) as (catalog, _),
        pytest.raises(ServiceFailureError, match="at most 512 KiB"),
    ):
        catalog.write("app/big", "x", base_index=0)


@pytest.mark.parametrize("body", ["<html>", "[1]", "7"])
def test_something_else_at_that_address_is_told(body: str):
    with (
        consul_saying({"GET /v1/catalog/services": {"status": 200, "body": body}}) as (catalog, _),
        pytest.raises(ServiceFailureError, match="CONSUL_HTTP_ADDR"),
    ):
        catalog.services()


def test_a_refused_connection_names_the_setting():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with open_consul(address) as catalog, pytest.raises(UnreachableError, match="CONSUL_HTTP_ADDR"):
            catalog.services()


def test_a_consul_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with open_consul(address, timeout_s=0.05) as catalog, pytest.raises(ServiceTimeoutError, match="of Consul"):
            catalog.services()


def test_https_at_a_plain_port_is_an_error_of_tls():
    with (
        replaying({}) as replay,
        open_consul(replay.address.replace("http:", "https:")) as catalog,
        pytest.raises(TlsError, match="CONSUL_HTTP_ADDR"),
    ):
        catalog.services()


def test_the_token_is_sent_and_never_told():
    with (
        consul_saying({"GET /v1/kv/app/a": recorded("consulacl_ro_kv_other")}, TOKEN) as (catalog, replay),
        pytest.raises(AccessDeniedError) as refused,
    ):
        catalog.value("app/a")
    assert replay.headers[0]["x-consul-token"] == TOKEN.get_secret_value()
    assert TOKEN.get_secret_value() not in str(refused.value)


def test_client_and_services_are_spans():
    tracer = RecordingTracer()
    with traced_by(tracer), consul_saying(answers()) as (catalog, _):
        catalog.services()
    assert [one.name for one in tracer.spans()] == ["start_consul_client", "query_consul_services"]
