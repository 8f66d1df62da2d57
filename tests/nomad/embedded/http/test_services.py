"""Services of the provider `nomad` are found without Consul."""

from pathlib import Path

from nomad.embedded.api_replay import Api
from nomad.embedded.jobs import job, service


def test_a_service_of_nomads_own_is_found_where_it_runs(tmp_path: Path) -> None:
    with Api(tmp_path) as api:
        api.register(job(Services=[service(Provider="nomad", Tags=["a"])]), 20)
        [listed] = api.ask("GET", "/v1/services").json()
        [found] = api.ask("GET", "/v1/service/web").json()
    assert listed == {"Namespace": "default", "Services": [{"ServiceName": "web", "Tags": ["a"]}]}
    assert (found["JobID"], found["ServiceName"], found["Port"] > 0) == ("web", "web", True)


def test_a_service_of_consuls_is_none_of_nomads(tmp_path: Path) -> None:
    with Api(tmp_path) as api:
        api.register(job(), 20)
        assert api.ask("GET", "/v1/services").json() == []
