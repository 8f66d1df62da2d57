"""Which service of the catalog is taken for a dependency, and which are only offered."""

import pytest

from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.matching import health_of, service_for, similar_services


def catalog(**passing: int) -> EstateFacts:
    services = (
        CatalogService(name=name.replace("_", "-"), instances=2, passing=count) for name, count in passing.items()
    )
    return EstateFacts(services=tuple(services))


def test_the_service_of_the_same_name_is_taken():
    found = service_for("postgres", catalog(web=1, postgres=2))
    assert found == CatalogService(name="postgres", instances=2, passing=2)


@pytest.mark.parametrize(("dependency", "name"), [("postgres", "postgresql"), ("mongodb", "mongo")])
def test_another_spelling_of_the_same_product_is_taken(dependency: str, name: str):
    found = service_for(dependency, catalog(**{name: 1}))
    assert found
    assert found.name == name


def test_of_two_spellings_the_one_that_passes_is_taken():
    found = service_for("postgres", catalog(postgres=0, postgresql=1))
    assert found
    assert found.name == "postgresql"


def test_a_service_without_a_passing_instance_is_not_taken():
    assert service_for("postgres", catalog(postgres=0)) is None


@pytest.mark.parametrize("name", ["orders_postgres", "postgres_primary", "timescaledb", "postgresql_ha"])
def test_a_similar_name_is_offered_and_not_taken(name: str):
    facts = catalog(**{name: 1})
    assert service_for("postgres", facts) is None
    assert [one.name for one in similar_services("postgres", facts)] == [name.replace("_", "-")]


def test_a_name_that_only_begins_alike_is_not_similar():
    assert similar_services("redis", catalog(redistribution=1, web=1)) == ()


def test_what_is_taken_is_not_offered_again():
    assert [one.name for one in similar_services("redis", catalog(redis=1, cache_redis=1))] == ["cache-redis"]


def test_a_similar_service_that_does_not_pass_is_not_offered():
    assert similar_services("redis", catalog(cache_redis=0)) == ()


def test_the_reason_says_how_many_pass():
    assert health_of(CatalogService(name="postgres", instances=3, passing=2)) == (
        "the catalog has postgres, 2 of 3 passing"
    )
