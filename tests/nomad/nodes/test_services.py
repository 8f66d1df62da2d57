"""The look at the services before anything else."""

from dataclasses import replace

import pytest
from langgraph.runtime import Runtime

from muster.core.errors import ClusterUnavailableError, ServiceTimeoutError, UnreachableError
from muster.core.health import Check, Health
from muster.nomad.context import Context
from muster.nomad.domain.estate.service_states import ServiceState
from muster.nomad.nodes.services import accept_services, check_services
from muster.nomad.ports import Estate
from muster.nomad.state import Goal, State
from nomad.estate_fakes import ListedCatalog, ListedRouter, ListedSecrets
from nomad.fakes import runtime

AWAY = ServiceState(name="Nomad", status="away", issue="nobody there", action="Start it.")


def well(name: str) -> Check:
    return Check(name, lambda: Health("ok", detail=f"{name} 1.0"), f"http://{name.lower()}")


def ill(name: str, error: Exception) -> Check:
    def run() -> Health:
        raise error

    return Check(name, run, f"http://{name.lower()}")


def asking(*checks: Check, verbose: bool = False) -> Runtime[Context]:
    context = runtime().context
    policy = replace(context.policy, verbose=verbose)
    return Runtime(context=replace(context, estate=Estate(checks=checks), policy=policy))


def state(goal: Goal = "healthy", *services: ServiceState) -> State:
    return State(source="shop", goal=goal, services=list(services))


def test_without_checks_nobody_is_asked_and_nothing_is_said() -> None:
    assert check_services(state(), asking()) == {}


def test_services_that_are_well_are_one_line() -> None:
    (said,) = check_services(state(), asking(well("Nomad"), well("Vault")))["events"]
    assert (said.kind, said.text, said.detail) == ("observed", "services: Nomad, Vault answer", "")


def test_who_wants_to_know_more_sees_the_table_of_what_is_well() -> None:
    (said,) = check_services(state(), asking(well("Nomad"), verbose=True))["events"]
    assert "Nomad    ok      http://nomad  Nomad 1.0" in said.detail


def test_a_service_that_is_away_is_a_table_and_kept() -> None:
    found = check_services(state(), asking(well("Nomad"), ill("Vault", UnreachableError("cut", advice="Look."))))
    (said,) = found["events"]
    assert (said.kind, said.text) == ("warned", "not well: Vault")
    assert "Vault    away    http://vault  cut" in said.detail
    assert [(one.name, one.status) for one in found["services"]] == [("Nomad", "ok"), ("Vault", "away")]


def test_a_deployment_without_its_cluster_ends_at_once() -> None:
    with pytest.raises(ClusterUnavailableError) as ended:
        check_services(state(), asking(ill("Nomad", UnreachableError("nobody there", advice="Start it."))))
    assert (ended.value.message, ended.value.advice) == ("nobody there", "Start it.")


def test_a_cluster_that_is_slow_is_given_more_time_later() -> None:
    found = check_services(state(), asking(ill("Nomad", ServiceTimeoutError("late"))))
    assert found["services"][0].status == "slow"


def test_a_written_spec_needs_no_cluster() -> None:
    found = check_services(state("spec"), asking(ill("Nomad", UnreachableError("nobody there"))))
    assert found["services"][0].status == "away"


def test_nobody_is_asked_where_all_is_of_use() -> None:
    limited = ServiceState(name="Consul", status="limited")
    assert accept_services(state("healthy", limited), asking()) == {}


def test_a_deployment_is_not_asked_to_go_on_without_its_cluster() -> None:
    assert accept_services(state("healthy", AWAY), asking()) == {}


def test_an_estate_without_a_service_has_none_of_it() -> None:
    estate = Estate(ListedSecrets(), ListedCatalog(), ListedRouter())
    assert estate.without(["Vault", "Fabio"]) == Estate(catalog=estate.catalog)
    assert estate.without(["Vault", "Consul", "Fabio"]).is_empty
