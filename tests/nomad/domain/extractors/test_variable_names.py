"""Names of environment variables."""

import pytest

from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.candidates import chosen, find_candidates
from muster.nomad.domain.decisions.apply import apply_answers
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.registry import run_extractors
from muster.nomad.domain.facts import EnvFact, Evidence, ProblemFact
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.domain.prompt.parse import Wishes

PEER = """\
services:
  shop:
    image: acme/shop:1
    environment:
      'A={{ key "ops/root" }}B': 'x'
      'P{{ key "ops/root" }}': 'http://peer:80'
  peer: {image: 'nginx:1'}
"""


def found(name: str) -> tuple[Evidence, ...]:
    text = f"services:\n  shop:\n    image: acme/shop:1\n    environment: {{{name!r}: x}}\n"
    return run_extractors({"compose.yaml": SourceFile("compose.yaml", text)})


@pytest.mark.parametrize("name", ["A", "a_b", "spring.datasource.url", "Logging:Level", "DB-NAME", "1ST"])
def test_names_of_variables_stay(name: str) -> None:
    assert [one.fact.name for one in found(name) if isinstance(one.fact, EnvFact)] == [name]


@pytest.mark.parametrize("name", ["A B", "{{ key }}", "${A}", "A$(b)", "ä", "x" * 256])
def test_what_is_no_name_is_told_with_its_line(name: str) -> None:
    evidence = found(name)
    assert not [one for one in evidence if isinstance(one.fact, EnvFact)]
    assert [one.where for one in evidence if isinstance(one.fact, ProblemFact)] == ["compose.yaml:4"]


def test_a_repository_can_not_write_an_action_into_a_template() -> None:
    evidence = run_extractors({"compose.yaml": SourceFile("compose.yaml", PEER)})
    candidates = find_candidates(evidence)
    analysis = merge_evidence(evidence, candidates, chosen(candidates), name="shop")
    assert "ops/root" not in render_hcl(build_spec(apply_answers(analysis, Wishes(), {})))
