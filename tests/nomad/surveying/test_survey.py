"""The survey: who is away is told, who is there counts, and nothing of a value is kept."""

import threading
from dataclasses import dataclass, field

import pytest

from muster.core.errors import AccessDeniedError, UnreachableError
from muster.core.observability.tracing import traced_by
from muster.core.testing.clock import FakeClock
from muster.core.testing.tracing import RecordingTracer
from muster.nomad.domain.estate.catalog import CatalogService, StoredValue
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.estate.secrets import SecretDenied, SecretLookup, SecretMount
from muster.nomad.domain.estate.vault_paths import Subject
from muster.nomad.ports import Estate
from muster.nomad.surveying.estate import Survey, survey_estate
from muster.nomad.surveying.secrets import MOST_QUESTIONS, SecretSearch
from nomad.estate_fakes import ListedCatalog, ListedRouter, ListedSecrets

KEY = "config/nomad-agent/conventions"
SHOP = Subject(apps=("shop",), services=("web",))
HELD = {"secret/data/shop/config": ("PASSWORD",), "secret/data/shared/smtp": ("USER",), "secret/data/odd/place": ("K",)}
WEB = CatalogService(name="web", instances=1, passing=1)


def catalog_with(conventions: str = "", **stored: str) -> ListedCatalog:
    texts = {key.replace("__", "/"): text for key, text in stored.items()} | ({KEY: conventions} if conventions else {})
    return ListedCatalog(
        known=[WEB], store={key: StoredValue(key=key, text=text, index=1) for key, text in texts.items()}
    )


def survey(estate: Estate, budget_s: float = 10.0) -> Survey:
    return survey_estate(estate, SHOP, KEY, FakeClock(), budget_s=budget_s)


class AwayCatalog(ListedCatalog):
    def services(self) -> tuple[CatalogService, ...]:
        raise UnreachableError("GET http://consul:8500/v1/catalog/services of Consul: no connection")


@dataclass
class SlowRouter:
    """Satisfies `Router`: says nothing before the test is over."""

    over: threading.Event = field(default_factory=threading.Event)

    def routes(self) -> tuple[Route, ...]:
        self.over.wait()
        return ()


class SealingSecrets(ListedSecrets):
    """Satisfies `Secrets`: is sealed after the first look."""

    def list(self, path: str) -> tuple[str, ...]:
        raise UnreachableError("Vault is sealed")


class DenyingSecrets(ListedSecrets):
    """Satisfies `Secrets`: lets nobody look."""

    def look_up(self, path: str) -> SecretLookup:
        return SecretDenied(path=path, advice="ask for a policy")


def test_everything_that_is_there_is_gathered():
    router = ListedRouter([Route(service="web", host="shop.example.com")])
    estate = Estate(ListedSecrets(HELD), catalog_with("fabio: {default_port: 9999}", shop__log_level="debug"), router)
    facts = survey(estate).facts
    assert facts.services == (WEB,)
    assert facts.routes == tuple(router.known)
    assert facts.conventions
    assert facts.conventions.fabio.default_port == 9999
    assert facts.config_keys == ("shop/log_level",)
    assert {one.path for one in facts.secrets} == {"secret/data/shop/config", "secret/data/shared/smtp"}
    assert facts.away == {}


def test_every_engine_that_vault_lists_is_known_whether_the_application_has_secrets_there_or_not():
    plain = SecretMount(path="kv1", version=1)
    facts = survey(Estate(ListedSecrets(others=[plain]))).facts
    assert facts.mounts == (SecretMount(path="secret", version=2), plain)


def test_an_engine_that_is_not_listed_is_known_by_what_was_found_in_it():
    class Unlisted(ListedSecrets):
        def mounts(self) -> tuple[SecretMount, ...]:
            return ()

    estate = Estate(Unlisted(HELD), catalog_with("vault: {path_patterns: [secret/data/odd/place]}"))
    assert survey(estate).facts.mounts == (SecretMount(path="secret", version=2),)


def test_no_value_is_kept():
    facts = survey(Estate(catalog=catalog_with(shop__log_level="S3CRET-VALUE"))).facts
    assert "S3CRET-VALUE" not in facts.model_dump_json()


def test_a_place_that_only_the_conventions_know_is_found():
    estate = Estate(ListedSecrets(HELD), catalog_with("vault: {path_patterns: [secret/data/odd/place]}"))
    assert "secret/data/odd/place" in {one.path for one in survey(estate).facts.secrets}


def test_a_service_that_is_away_is_told_and_the_others_count():
    found = survey(Estate(ListedSecrets(HELD), AwayCatalog()))
    assert "no connection" in found.facts.away["consul"]
    assert found.facts.secrets
    assert any(warning.startswith("consul") for warning in found.warnings)


def test_a_service_that_is_slow_is_given_up_and_the_others_count():
    router = SlowRouter()
    found = survey(Estate(catalog=catalog_with(), router=router), budget_s=0.2)
    router.over.set()
    assert found.facts.away == {"router": "no answer within 0.2 s"}
    assert found.facts.services == (WEB,)


def test_what_vault_said_before_it_was_sealed_counts():
    found = survey(Estate(SealingSecrets({"secret/data/shop": ("PASSWORD",)})))
    assert found.facts.away == {"vault": "Vault is sealed"}
    assert [one.path for one in found.facts.secrets] == ["secret/data/shop"]


def test_paths_that_may_not_be_looked_at_are_told():
    found = survey(Estate(DenyingSecrets()))
    assert any("may not look at secret/shop" in warning for warning in found.warnings)


def test_broken_conventions_are_told_and_left_out():
    found = survey(Estate(catalog=catalog_with("fabio: {default_port: no}")))
    assert found.facts.conventions is None
    assert found.facts.services == (WEB,)
    assert any("conventions" in warning and "fabio.default_port" in warning for warning in found.warnings)


def test_an_incomplete_catalog_is_told():
    catalog = catalog_with()
    catalog.hidden = "without a token one may not see all services"
    assert "Consul: without a token one may not see all services" in survey(Estate(catalog=catalog)).warnings


def test_vault_is_asked_a_bounded_number_of_questions():
    search = SecretSearch(ListedSecrets(HELD), lambda: False)
    search.look_into(f"secret/{number}" for number in range(1000))
    assert search.asked == MOST_QUESTIONS
    assert "given up after 80 questions" in search.warnings()[0]


def test_vault_is_asked_nothing_when_it_is_late():
    search = SecretSearch(ListedSecrets(HELD), lambda: True)
    search.look_up(["secret/data/shop/config"])
    assert search.found == {}


@pytest.mark.parametrize("name", ["load_conventions", "list_secrets"])
def test_each_question_is_a_span_below_the_one_that_is_open(name: str):
    tracer = RecordingTracer()
    with traced_by(tracer), tracer.span("inspect_estate"):
        survey(Estate(ListedSecrets(HELD), catalog_with()))
    assert name in [child.name for child in tracer.named("inspect_estate").children]


def test_a_refused_token_is_told_by_what_consul_said():
    class Refusing(ListedCatalog):
        def value(self, key: str) -> StoredValue | None:
            raise AccessDeniedError("Consul refused it with 403: ACL not found")

    assert "ACL not found" in survey(Estate(catalog=Refusing())).facts.away["consul"]
