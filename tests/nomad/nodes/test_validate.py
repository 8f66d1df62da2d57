"""What the validation makes of a job's routes."""

from dataclasses import replace

from langgraph.runtime import Runtime

from muster.core.errors import UnreachableError
from muster.nomad.domain.estate.catalog import CatalogService
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.images import ImageMissing
from muster.nomad.domain.estate.routes import Route
from muster.nomad.domain.estate.secrets import SecretLookup
from muster.nomad.domain.existing.projection import json_of
from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.outcomes import Failed
from muster.nomad.domain.task import Template
from muster.nomad.nodes.validate import validate_spec
from muster.nomad.ports import Estate
from muster.nomad.state import State
from nomad.estate_fakes import ListedRegistry, ListedSecrets
from nomad.fakes import RecordingCluster, runtime, spec

TAKEN = Route(service="old", host="shop.test")


def routed(*tags: str, name: str = "new"):
    web = Service(name=name, port="http", tags=tags, checks=(Check(type="tcp"),))
    network = Network(ports=(Port(label="http", to=80),))
    group = spec().groups[0].model_copy(update={"services": (web,), "network": network})
    return spec().model_copy(update={"groups": (group,)})


def validated(job, estate=None, *, reason: str = "", cluster: RecordingCluster | None = None):
    run = runtime(cluster or RecordingCluster())
    policy = replace(run.context.policy, allow_route_conflict=reason)
    allowed = Runtime(context=replace(run.context, policy=policy))
    return validate_spec(State(source=".", spec=job, estate=estate), allowed)


def texts(update) -> list[str]:
    return [event.text for event in update["events"]]


def test_a_route_of_another_service_ends_the_run_before_the_plan():
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(TAKEN,)))
    assert isinstance(update["outcome"], Failed)
    assert update["outcome"].cause.kind == "route_conflict"
    assert "shop-2.test" in update["outcome"].cause.advice
    assert [one.kind for one in update["findings"]] == ["route_exact"]


def test_a_reason_lets_the_conflict_pass_and_is_told():
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(TAKEN,)), reason="we move the shop")
    assert update["outcome"] is None
    assert "--allow-route-conflict: we move the shop" in texts(update)
    assert [one.kind for one in update["findings"]] == ["route_exact"]


def test_a_reason_without_a_conflict_is_not_told():
    assert texts(validated(routed("urlprefix-shop.test/"), reason="just so")) == ["the job is valid"]


def test_a_route_that_an_ill_service_of_the_catalog_asks_for_is_taken():
    ill = CatalogService(name="old", tags=("urlprefix-shop.test/",), instances=1, passing=0)
    assert validated(routed("urlprefix-shop.test/"), EstateFacts(services=(ill,)))["outcome"] is not None


def test_a_warning_is_told_and_blocks_nothing():
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(Route(service="all"),)))
    assert update["outcome"] is None
    assert any("meets / of all" in text for text in texts(update))


def test_the_routes_of_the_job_as_it_runs_are_its_own():
    cluster = RecordingCluster(there=json_of(routed(name="old")))
    update = validated(routed("urlprefix-shop.test/"), EstateFacts(routes=(TAKEN,)), cluster=cluster)
    assert update["outcome"] is None


def reviewed(job, estate: Estate, **told):
    run = runtime(RecordingCluster())
    return validate_spec(State(source=".", spec=job, **told), Runtime(context=replace(run.context, estate=estate)))


def reading(path: str, key: str):
    (group,) = spec().groups
    text = f'{{{{ with secret "{path}" }}}}A={{{{ .Data.data.{key} }}}}{{{{ end }}}}'
    template = Template(data=text, destination="local/a.env", env=True)
    return spec().with_task("web", group.tasks[0].model_copy(update={"templates": (template,)}))


def test_a_key_that_vault_lacks_is_found_and_stays_to_be_accepted():
    vault = ListedSecrets(held={"secret/data/shop": ["user"]})
    update = reviewed(reading("secret/data/shop", "password"), Estate(secrets=vault))
    assert update["outcome"] is None
    assert [(one.kind, one.severity) for one in update["findings"]] == [("vault_key_absent", "error")]


def test_an_image_that_its_registry_lacks_is_found():
    registry = ListedRegistry({"shop:1": ImageMissing(image="shop:1", advice="Push it.")})
    assert [one.kind for one in reviewed(spec(), Estate(registry=registry))["findings"]] == ["image_absent"]


def test_a_service_that_the_run_goes_on_without_is_not_asked():
    update = reviewed(reading("secret/data/shop", "password"), Estate(secrets=ListedSecrets()), without=["Vault"])
    assert update["findings"] == []


def test_a_vault_that_went_away_meanwhile_is_a_warning():
    class Away(ListedSecrets):
        def look_up(self, path: str) -> SecretLookup:
            raise UnreachableError("Vault is gone", advice="Look.")

    (found,) = reviewed(reading("secret/data/shop", "password"), Estate(secrets=Away()))["findings"]
    assert (found.kind, found.severity, found.text) == (
        "vault_unchecked",
        "warning",
        "secrets were not looked up: Vault is gone",
    )
