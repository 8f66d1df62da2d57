"""Analyst and advisor over the wire: a server of models that misbehaves, and the small real model."""

import json
from pathlib import Path

import pytest

from core.llm.asking import model_of
from core.llm.test_small_model import MISSING, model_at, server  # a fixture too
from muster.core.prompts.library import FilePrompts
from muster.core.testing.openai_double import OpenAIDouble, fails, hangs, says
from muster.core.testing.tool_wire import calls_tool
from muster.nomad.domain.candidates import chosen, find_candidates
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.domain.patches.task import SetEnv
from muster.nomad.ports import Additions, Advice, Estate
from muster.nomad.prompt_uses import PROMPTS
from muster.nomad.tools.git_codebase import GitCodebase
from muster.nomad.tools.model_advisor import ModelAdvisor
from muster.nomad.tools.model_analyst import ModelAnalyst
from muster.nomad.tools.rules_advisor import RulesAdvisor
from muster.nomad.tools.rules_analyst import RulesAnalyst
from nomad.fakes import ScriptedCodebase
from nomad.tools.test_model_advisor import FAILURE, LOG, answer

__all__ = ["server"]
FILES = FilePrompts(PROMPTS.folder)
NOTHING = json.dumps({"facts": [], "ports": [], "variables": [], "job": None, "needs": None, "notes": []})
LISTENS = json.dumps(
    {"ports": [{"port": 8123, "main": True, "evidence": [{"file": "serve.pl", "line": 1, "text": "listen(8123);"}]}]}
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "Dockerfile").write_text('FROM perl:5.40\nCMD ["perl", "serve.pl"]\n')
    (folder / "serve.pl").write_text("listen(8123);\n")
    return folder


def analysed(folder: Path, model) -> Additions:
    evidence = GitCodebase().evidence(str(folder))
    candidates = find_candidates(evidence, name="shop")
    analysis = merge_evidence(evidence, candidates, chosen(candidates), name="shop")
    return ModelAnalyst(RulesAnalyst(), model, FILES, GitCodebase()).add(str(folder), evidence, analysis)


def advised(model) -> Advice:
    return ModelAdvisor(RulesAdvisor(), model, FILES, ScriptedCodebase(), Estate()).advise(FAILURE)


def test_an_analyst_waits_for_429_and_takes_broken_json_once_corrected(repository: Path) -> None:
    behaviours = (fails(429, retry_after="1"), says(NOTHING), says('{"ports": ['), says(LISTENS), says(NOTHING))
    with OpenAIDouble(*behaviours) as double:
        added = analysed(repository, model_of(double))
    assert [one.fact for one in added.evidence] == [PortFact(port=8123)]
    assert len(double.requests) == len(behaviours)


def test_an_analyst_whose_server_hangs_is_warned_of_and_asks_no_more(repository: Path) -> None:
    with OpenAIDouble(hangs) as double:
        added = analysed(repository, model_of(double, timeout_s=1.0))
    assert added.evidence == ()
    assert "no complete answer within 1 s" in added.warnings[0]
    assert len(double.requests) == 1


def test_an_analyst_over_its_budget_is_warned_of(repository: Path) -> None:
    with OpenAIDouble(says(LISTENS)) as double:
        added = analysed(repository, model_of(double, max_usd=0.000001))
    assert "rules go on alone" in added.warnings[0]
    assert double.requests == []


def test_an_advisor_calls_tools_over_the_wire_and_proposes() -> None:
    with OpenAIDouble(calls_tool("read_allocation_logs", {"task": "web"}), says(answer().model_dump_json())) as double:
        advice = advised(model_of(double))
    assert [one.patch for one in advice.proposals] == [SetEnv(group="web", task="web", name="WORKERS", value="4")]
    assert LOG[:40] in json.dumps(double.requests[1].body["messages"][-1])


def test_an_advisor_without_its_estate_tells_the_model_so() -> None:
    with OpenAIDouble(calls_tool("list_vault_secrets", {}), says(answer().model_dump_json())) as double:
        advised(model_of(double))
    assert "Vault is not configured" in double.requests[1].body["messages"][-1]["content"]


def test_an_advisor_whose_server_fails_leaves_the_rules_alone() -> None:
    with OpenAIDouble(fails(500)) as double:
        advice = advised(model_of(double))
    assert advice.proposals == ()
    assert "rules go on alone" in advice.warnings[0]


real = pytest.mark.skipif(bool(MISSING), reason=f"`make llm-test` installs {' and '.join(MISSING)}")


@real
@pytest.mark.llm
def test_a_small_real_model_adds_nothing_that_its_lines_do_not_show(
    server: str, repository: Path, tmp_path: Path
) -> None:
    added = analysed(repository, model_at(server, tmp_path))
    print(added)
    assert {one.fact for one in added.evidence} <= {PortFact(port=8123)} | {
        one.fact for one in added.evidence if one.where.startswith(("serve.pl:1", "Dockerfile:"))
    }


@real
@pytest.mark.llm
def test_a_small_real_model_proposes_nothing_that_its_lines_do_not_show(server: str, tmp_path: Path) -> None:
    advice = advised(model_at(server, tmp_path))
    print(advice)
    assert all("a model says" in one.reason for one in advice.proposals)
