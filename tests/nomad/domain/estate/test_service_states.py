"""How services are, for people."""

from muster.nomad.domain.estate.service_states import ServiceState, lost_without, services_table

VAULT = ServiceState(
    name="Vault",
    status="away",
    address="http://127.0.0.1:1",
    issue="GET http://127.0.0.1:1/v1/sys/health of Vault: no connection (Connection refused)",
    action="Check VAULT_ADDR, and whether Vault runs there.",
)
NOMAD = ServiceState(name="Nomad", status="ok", address="http://127.0.0.1:4646", issue="Nomad 1.9.0, 1 nodes in dc1")


def test_the_table_says_of_each_service_what_is_wrong_and_what_to_do() -> None:
    assert services_table([NOMAD, VAULT], 100).splitlines() == [
        "Service  Status  Address                Issue and action",
        "Nomad    ok      http://127.0.0.1:4646  Nomad 1.9.0, 1 nodes in dc1",
        "Vault    away    http://127.0.0.1:1     no connection (Connection refused)",
        "                                        Check VAULT_ADDR, and whether Vault runs there.",
    ]


def test_a_narrow_table_wraps_its_last_column_and_cuts_nothing() -> None:
    lines = services_table([VAULT], 70).splitlines()
    assert max(map(len, lines)) <= 70
    assert " ".join(" ".join(lines[1:]).split()).endswith("Check VAULT_ADDR, and whether Vault runs there.")


def test_an_issue_that_names_no_request_is_shown_whole() -> None:
    sealed = VAULT.model_copy(update={"status": "sealed", "issue": "Vault 1.4.3 is sealed"})
    assert "Vault 1.4.3 is sealed" in services_table([sealed], 100)


def test_what_is_limited_is_not_well_and_still_of_use() -> None:
    limited = VAULT.model_copy(update={"status": "limited"})
    assert (limited.is_well, limited.is_of_use) == (False, True)
    assert (VAULT.is_well, VAULT.is_of_use) == (False, False)
    assert (NOMAD.is_well, NOMAD.is_of_use) == (True, True)


def test_a_run_without_a_model_has_its_rules() -> None:
    assert lost_without("model vllm:Qwen/Qwen3-32B") == "rules do the work alone"
    assert lost_without("Vault") == "secrets are not looked up"
