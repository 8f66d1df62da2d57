"""What settings make of a context: the prompts of a run, and its model."""

import json
from collections.abc import Generator
from dataclasses import fields
from pathlib import Path

import pytest

from core.http_double import hang, http_double
from muster.core.evidence import Sourced
from muster.core.health import ANSWER_S, ask_health
from muster.core.prompts.opening import open_prompts
from muster.core.prompts.ref import PromptRef
from muster.core.settings import load_settings
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.core.testing.openai_double import OpenAIDouble, says
from muster.nomad.context import Context
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.ports import Estate
from muster.nomad.prompt_uses import GPU, PROMPTS
from muster.nomad.service_checks import service_checks
from muster.nomad.settings import NomadSettings, Options
from muster.nomad.tools.consul_catalog import ConsulCatalog
from muster.nomad.tools.fabio_router import FabioRouter
from muster.nomad.tools.rules_advisor import RulesAdvisor
from muster.nomad.tools.rules_analyst import RulesAnalyst
from muster.nomad.tools.traefik_router import TraefikRouter
from muster.nomad.tools.vault_secrets import VaultSecrets
from muster.nomad.wiring import open_context

VALUES = {"known": "nothing", "files": "1| import torch"}
SERVICE = ServiceProfile(id="folder:.", name="shop", job=Sourced(value="service", source="default"))
SERVED = "{{known}} {{files}}"


@pytest.fixture
def langfuse(monkeypatch: pytest.MonkeyPatch) -> Generator[RecordingLangfuse]:
    monkeypatch.delenv("CI", raising=False)
    with RecordingLangfuse() as double:
        monkeypatch.setenv("LANGFUSE_ENABLED", "true")
        monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", double.public_key)
        monkeypatch.setenv("LANGFUSE_SECRET_KEY", double.secret_key)
        monkeypatch.setenv("LANGFUSE_BASE_URL", double.address)
        yield double


def used(run_id: str = "run-1") -> PromptRef:
    with open_prompts(load_settings(NomadSettings), PROMPTS.folder, run_id) as prompts:
        ref = prompts.prompt(GPU, VALUES).ref
    assert ref is not None
    return ref


def serve(langfuse: RecordingLangfuse, *labels: str) -> None:
    from muster.core.testing.langfuse_double.prompt_versions import add_version

    for label in labels:
        add_version(langfuse.project, {"name": GPU.name, "prompt": SERVED, "labels": [label]})


def test_without_langfuse_prompts_are_files() -> None:
    assert used() == PromptRef("detect_gpu", PROMPTS.folder.read("detect_gpu").version, "production", "file")


def test_langfuses_prompt_comes_first(langfuse: RecordingLangfuse) -> None:
    serve(langfuse, "production")
    assert used() == PromptRef("detect_gpu", 1, "production", "langfuse")


def test_the_label_is_a_setting(langfuse: RecordingLangfuse, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(langfuse, "production", "staging")
    monkeypatch.setenv("LANGFUSE_PROMPT_LABEL", "staging")
    assert used() == PromptRef("detect_gpu", 2, "staging", "langfuse")


def test_the_run_id_decides_who_takes_part_in_an_experiment(
    langfuse: RecordingLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(langfuse, "production", "candidate")
    monkeypatch.setenv("LANGFUSE_PROMPT_AB", "candidate:0.5")
    labels = [used(f"run-{number}").label for number in range(20)]
    assert set(labels) == {"production", "candidate"}
    assert labels == [used(f"run-{number}").label for number in range(20)]


def test_ci_reads_files_and_asks_nobody(langfuse: RecordingLangfuse, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(langfuse, "production")
    monkeypatch.setenv("CI", "true")
    assert used().source == "file"
    assert langfuse.requests == []


def test_a_run_that_uses_no_prompt_asks_nobody(langfuse: RecordingLangfuse) -> None:
    with open_context(load_settings(NomadSettings), Options(cluster="none"), "run-1"):
        pass
    assert langfuse.requests == []


def test_unless_configured_there_is_no_model() -> None:
    with open_context(load_settings(NomadSettings), Options(cluster="none"), "run-1") as context:
        assert (type(context.analyst), type(context.advisor)) == (RulesAnalyst, RulesAdvisor)


def test_the_model_of_the_settings_reads_what_rules_left_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "serve.pl").write_text("listen(8123);\n")
    analysis = Analysis(name=Sourced(value="shop", source="default"), services=(SERVICE,))
    quote = {"file": "serve.pl", "line": 1, "text": "listen(8123);"}
    answer = {"ports": [{"port": 8123, "main": True, "confidence": 0.9, "evidence": [quote]}], "notes": []}
    with OpenAIDouble(says(json.dumps(answer))) as double:
        monkeypatch.setenv("LLM_PROVIDER", "vllm")
        monkeypatch.setenv("VLLM_BASE_URL", f"{double.address}/v1")
        with open_context(load_settings(NomadSettings), Options(cluster="none"), "run-1") as context:
            added = context.analyst.add(str(tmp_path), (), analysis)
    assert [one.fact for one in added.evidence] == [PortFact(port=8123)]


def test_a_written_spec_asks_nobody_unless_something_is_configured() -> None:
    with open_context(load_settings(NomadSettings), Options(cluster="none"), "run-1") as context:
        assert (context.cluster, context.estate) == (None, Estate())


def test_a_written_spec_may_read_the_facts_of_the_cluster_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOMAD_ADDR", "http://127.0.0.1:4646")
    with open_context(load_settings(NomadSettings), Options(cluster="none"), "run-1") as context:
        assert context.cluster is not None


def test_what_is_configured_around_the_cluster_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VAULT_ADDR", "CONSUL_HTTP_ADDR", "FABIO_ADMIN_ADDR"):
        monkeypatch.setenv(name, "127.0.0.1:1")
    with open_context(load_settings(NomadSettings), Options(cluster="none"), "run-1") as context:
        estate = context.estate
    assert [type(one) for one in (estate.secrets, estate.catalog, estate.router)] == [
        VaultSecrets,
        ConsulCatalog,
        FabioRouter,
    ]


def test_traefiks_routes_are_read_from_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSUL_HTTP_ADDR", "127.0.0.1:1")
    monkeypatch.setenv("ROUTER", "traefik")
    with open_context(load_settings(NomadSettings), Options(cluster="none"), "run-1") as context:
        assert isinstance(context.estate.router, TraefikRouter)


def test_the_models_servers_are_a_matter_for_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [check.name for check in service_checks(load_settings(NomadSettings))]
    monkeypatch.setenv("LLM_PROVIDER", "vllm")
    monkeypatch.setenv("LLM_FALLBACKS", "vllm:Qwen/Qwen3-8B")
    more = [check.name for check in service_checks(load_settings(NomadSettings))]
    assert more == [*names, "model vllm:Qwen/Qwen3-32B", "model vllm:Qwen/Qwen3-8B"]


def test_langfuse_is_a_matter_for_the_doctor_where_it_is_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [check.name for check in service_checks(load_settings(NomadSettings))]
    monkeypatch.setenv("LANGFUSE_ENABLED", "true")
    monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", "pk-lf-1")
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk-lf-1")
    more = [check.name for check in service_checks(load_settings(NomadSettings))]
    assert more == [*names, "Langfuse"]


def test_vault_is_a_matter_for_the_doctor_where_it_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Vault" not in [check.name for check in service_checks(load_settings(NomadSettings))]
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:9")
    (vault,) = [check for check in service_checks(load_settings(NomadSettings)) if check.name == "Vault"]
    found = ask_health(vault)
    assert not found.ok
    assert found.advice.startswith("Check VAULT_ADDR")


def test_fabio_is_a_matter_for_the_doctor_where_it_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Fabio" not in [check.name for check in service_checks(load_settings(NomadSettings))]
    monkeypatch.setenv("FABIO_ADMIN_ADDR", "http://127.0.0.1:9")
    (fabio,) = [check for check in service_checks(load_settings(NomadSettings)) if check.name == "Fabio"]
    assert ask_health(fabio).advice.startswith("Check FABIO_ADMIN_ADDR")


def test_the_router_and_the_reason_for_a_conflict_reach_the_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER", "traefik")
    options = Options(cluster="none", allow_route_conflict="we move the shop")
    with open_context(load_settings(NomadSettings), options, "run-1") as context:
        assert context.policy.defaults.router == "traefik"
        assert context.policy.allow_route_conflict == "we move the shop"


def test_the_form_of_secrets_that_is_asked_for_reaches_the_builder() -> None:
    options = Options(cluster="none", secret_format="nomad-variables")
    with open_context(load_settings(NomadSettings), options, "run-1") as context:
        assert context.policy.defaults.secret_format == "nomad-variables"


def test_the_doctor_gives_up_on_a_cluster_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_double(hang) as (address, _):
        monkeypatch.setenv("NOMAD_ADDR", address)
        cluster, *_ = service_checks(load_settings(NomadSettings))
        found = ask_health(cluster)
    assert not found.ok
    assert found.detail == f"{address} takes connections and does not answer: nothing came within {ANSWER_S:g} s"
    assert found.advice.startswith("Check NOMAD_ADDR")


def test_a_context_has_at_most_ten_ports() -> None:
    assert len(fields(Context)) <= 10
