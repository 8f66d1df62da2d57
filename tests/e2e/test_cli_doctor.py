"""`nomad-spec doctor`: every service in a table, and what to do about each."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.http_double import Answer, hang, http_double, saying, self_signed
from e2e.calling import Shell
from muster.nomad.embedded.launch import EmbeddedCluster
from muster.nomad.tools.vault_http import VAULT

pytestmark = pytest.mark.e2e

Row = Mapping[str, str]
SEALED = json.dumps({"initialized": True, "sealed": True, "standby": True, "version": "1.4.3"})


def rows(shell: Shell, *words: str) -> dict[str, Row]:
    return {row["name"]: row for row in json.loads(shell("doctor", "--json", *words).out)}


def test_the_embedded_cluster_and_its_services_are_well(shell: Shell, cluster: EmbeddedCluster) -> None:
    said = shell("doctor", "--embedded")
    assert said.code == 0
    assert [line.split()[:2] for line in said.out.splitlines()[1:5]] == [
        ["Nomad", "ok"],
        ["Consul", "ok"],
        ["Vault", "ok"],
        ["Fabio", "ok"],
    ]
    assert cluster.vault in said.out


def test_what_is_not_configured_is_said_with_its_setting(shell: Shell) -> None:
    found = rows(shell)
    assert {name: row["action"] for name, row in found.items() if row["status"] == "not configured"} == {
        "Consul": "Set CONSUL_HTTP_ADDR to use it.",
        "Vault": "Set VAULT_ADDR to use it.",
        "Fabio": "Set FABIO_ADMIN_ADDR to use it.",
        "Qdrant": "Set QDRANT_HOST to use it.",
        "model": "Set LLM_PROVIDER to use it.",
        "Langfuse": "Set LANGFUSE_ENABLED=true and its keys to use it.",
    }


def test_one_that_is_away_is_exit_code_3(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOMAD_ADDR", "http://127.0.0.1:1")
    said = shell("doctor")
    assert (said.code, said.err) == (3, "not well: Nomad\n")
    assert "Check NOMAD_ADDR, and whether Nomad runs there." in said.out


@pytest.mark.parametrize(
    ("answer", "status", "action"),
    [
        (saying("401 X", '{"errors": ["no"]}'), "failing", "Check VAULT_ADDR, and whether Vault runs there."),
        (saying("503 X", SEALED, "application/json"), "sealed", "Unseal it: `vault operator unseal`."),
        (saying("200 OK", "<html>"), "failing", "Check VAULT_ADDR, and whether Vault runs there."),
        (hang, "slow", "Check VAULT_ADDR, and whether Vault is overloaded; then run this again."),
    ],
)
def test_each_trouble_of_vault_has_its_advice(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, answer: Answer, status: str, action: str
) -> None:
    with http_double(answer) as (address, _):
        monkeypatch.setenv("VAULT_ADDR", address)
        found = rows(shell)["Vault"]
    assert (found["status"], found["action"]) == (status, action)


def test_a_certificate_that_nobody_trusts_names_the_file_and_the_scheme(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tls, _ = self_signed(tmp_path)
    with http_double(saying("200 OK", "{}"), tls) as (address, _):
        monkeypatch.setenv("VAULT_ADDR", address)
        found = rows(shell)["Vault"]
    assert found["status"] == "TLS"
    assert f"the CA file in {VAULT.ca_setting}, and http or https in VAULT_ADDR" in found["action"]


def test_a_token_that_is_refused_names_its_setting(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_double(saying("401 Unauthorized", "who?")) as (address, _):
        monkeypatch.setenv("NOMAD_ADDR", address)
        found = rows(shell)["Nomad"]
    assert found["status"] == "denied"
    assert "NOMAD_TOKEN" in found["action"]


def test_two_clusters_are_a_contradiction(shell: Shell) -> None:
    assert shell("doctor", "--embedded", "--cluster", "x").code == 2
