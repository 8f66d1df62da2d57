"""The node that asks the services around the cluster."""

from dataclasses import replace

from langgraph.runtime import Runtime

from muster.core.errors import UnreachableError
from muster.core.evidence import Sourced
from muster.nomad.context import Context, Policy
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.estate.catalog import CatalogService, StoredValue
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.nodes.estate import inspect_estate
from muster.nomad.ports import Estate
from muster.nomad.state import State, needed
from nomad.estate_fakes import ListedCatalog, ListedSecrets
from nomad.fakes import runtime

STATE = State(source=".", name="repository")
WISHED = STATE.model_copy(update={"wishes": Wishes(name=Sourced(value="shop", source="user", where="", reason=""))})


def around(estate: Estate, namespace: str | None = None) -> Runtime[Context]:
    policy = Policy(defaults=SpecDefaults(namespace=namespace), conventions_path="conventions")
    plain = runtime()
    return replace(plain, context=replace(plain.context, estate=estate, policy=policy))


def catalog(conventions: str = "") -> ListedCatalog:
    stored = {"conventions": StoredValue(key="conventions", text=conventions, index=1)} if conventions else {}
    return ListedCatalog([CatalogService(name="web", instances=1, passing=1)], store=stored)


def paths(state: State, pattern: str, *held: str, namespace: str | None = None) -> set[str]:
    secrets = ListedSecrets(dict.fromkeys(held, ("KEY",)))
    told = inspect_estate(
        state, around(Estate(secrets, catalog(f"vault: {{path_patterns: ['{pattern}']}}")), namespace)
    )
    return {one.path for one in needed(told["estate"]).secrets}


def test_nothing_is_asked_where_nothing_is_configured():
    assert inspect_estate(STATE, runtime()) == {"estate": None}


def test_what_was_found_is_told_in_one_line():
    told = inspect_estate(STATE, around(Estate(catalog=catalog("fabio: {default_port: 9999}"))))
    assert [(one.kind, one.text) for one in told["events"]] == [
        ("found", "around the cluster: conventions, 1 services of the catalog")
    ]


def test_a_service_that_is_away_is_a_warning_and_no_error():
    class Away(ListedCatalog):
        def services(self) -> tuple[CatalogService, ...]:
            raise UnreachableError("no connection")

    told = inspect_estate(STATE, around(Estate(catalog=Away())))
    assert [one.text for one in told["events"] if one.kind == "warned"] == [
        "consul is not asked further: no connection"
    ]
    assert needed(told["estate"]).away == {"consul": "no connection"}


def test_secrets_are_looked_for_under_the_jobs_name_and_the_repositorys():
    held = ("secret/data/x/shop", "secret/data/x/repository", "secret/data/x/other")
    assert paths(WISHED, "secret/data/x/{app}", *held) == set(held[:2])


def test_the_namespace_is_the_environment():
    held = ("secret/data/x/staging", "secret/data/x/production")
    assert paths(STATE, "secret/data/x/{env}", *held, namespace="staging") == {"secret/data/x/staging"}


def test_nomads_own_namespace_is_production():
    held = ("secret/data/x/default", "secret/data/x/production")
    assert paths(STATE, "secret/data/x/{env}", *held, namespace="default") == {"secret/data/x/production"}
