"""Fabio's admin API, as it was recorded."""

import pytest

from muster.core.errors import ServiceError, ServiceFailureError
from muster.nomad.domain.estate.routes import Route
from muster.nomad.tools.fabio_router import open_fabio
from nomad.tools.replaying_server import recorded, replaying
from shared_data import needs_shared

pytestmark = needs_shared


def served(routes: dict, config: dict | None = None) -> dict:
    said = config or recorded("fabio_config")
    return {"GET /api/routes": routes, "GET /api/config": said}


def routes_of(routes: dict, config: dict | None = None) -> tuple[Route, ...]:
    with replaying(served(routes, config)) as server, open_fabio(server.address) as fabio:
        return fabio.routes()


def test_every_target_of_a_recorded_table_is_a_route():
    first, _, port, host = routes_of(recorded("fabio_routes"))
    assert first == Route(
        service="web",
        path="/web",
        strip="/web",
        target="http://127.0.0.1:31930/",
        tags=("v1",),
        options=("weight=0.5",),
    )
    assert (port.service, port.port, port.protocol, port.source) == ("api", 12345, "tcp", ":12345")
    assert (host.source, host.protocol) == ("api.lab.test/", "http")


def test_a_table_without_routes_is_null():
    assert routes_of(recorded("fabio_paths")) == ()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"status": 200, "body": {"Proxy": {"Matcher": "glob"}}}, "glob"),
        ({"status": 200, "body": {"Proxy": {"Matcher": "iprefix"}}}, "iprefix"),
        ({"status": 200, "body": {"Proxy": {"Matcher": "a new one"}}}, "prefix"),
        ({"status": 200, "body": "no JSON"}, "prefix"),
        ({"status": 303, "body": ""}, "prefix"),
    ],
)
def test_paths_are_compared_as_its_configuration_says(config, expected):
    assert {one.matcher for one in routes_of(recorded("full_fabio_routes"), config)} == {expected}


@pytest.mark.parametrize("body", ["<html>", {"routes": []}, [1], [{"service": 3}]])
def test_what_is_no_table_of_routes_is_an_error_that_names_the_setting(body):
    with pytest.raises(ServiceFailureError) as failure:
        routes_of({"status": 200, "body": body})
    assert "FABIO_ADMIN_ADDR" in failure.value.advice


def test_an_address_where_nobody_listens_is_a_service_error():
    with open_fabio("http://127.0.0.1:1", timeout_s=1) as fabio, pytest.raises(ServiceError):
        fabio.routes()


def test_its_health_tells_the_version_and_how_many_routes_there_are():
    answers = served(recorded("fabio_routes")) | {
        "GET /health": recorded("fabio_health"),
        "GET /api/version": recorded("fabio_version"),
    }
    with replaying(answers) as server, open_fabio(server.address) as fabio:
        health = fabio.health()
    assert (health.ok, health.detail) == (True, "Fabio 1.6.2, 3 routes")


def test_something_else_at_its_address_is_not_healthy():
    answers = {"GET /health": {"status": 200, "body": "<html>"}}
    with replaying(answers) as server, open_fabio(server.address) as fabio:
        assert not fabio.health().ok
