"""Whatever the evidence: questions and a spec that Nomad takes, or nothing to build; and nothing in it is invented."""

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.core.gates.validate import Accepted, default_answer
from muster.nomad.domain.analysis_table import analysis_table
from muster.nomad.domain.backing import BACKING_IMAGES
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.candidates import chosen, find_candidates, select_question
from muster.nomad.domain.decisions.apply import apply_answers
from muster.nomad.domain.facts import (
    CommandFact,
    EnvFact,
    FrameworkFact,
    HealthFact,
    ImageFact,
    PortFact,
    UserFact,
    VolumeFact,
)
from muster.nomad.domain.gaps import gap_questions
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.render import render_hcl, render_json
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.domain.patches.task import CHOWN_IMAGE
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.reaching import DependsOnFact
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import VarRef
from muster.nomad.embedded.validation.admission import complete_job
from muster.nomad.embedded.validation.jobs import validate_job
from nomad.domain.any_evidence import EVIDENCE
from nomad.domain.repositories import ONE_DOCKERFILE, SHOP, WEB_AND_WORKER, built, cluster, say

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def spec_of(evidence, target=None):
    """The spec with every default answered; None where there is nothing to select."""
    candidates = find_candidates(evidence)
    select_question(candidates)
    analysis = merge_evidence(evidence, candidates, chosen(candidates), name="any")
    answers = {}
    for question in gap_questions(analysis, Wishes()):
        answer = default_answer(question)
        if isinstance(answer, Accepted):
            answers[question.id] = answer.value
    decisions = apply_answers(analysis, Wishes(), answers)
    analysis_table(analysis)
    build_notes(decisions, target)
    return build_spec(decisions, target) if analysis.services else None


def refusals(spec):
    """What Nomad says against the job, at parsing and at registering."""
    findings = [
        str(one) for one in check_job(render_hcl(spec, explain=True), filename="job") if one.severity == "error"
    ]
    return findings + list(validate_job(complete_job(canonicalize_job(render_json(spec)))).errors)


def known_ports(evidence):
    facts = [one.fact for one in evidence]
    yield from (fact.port for fact in facts if isinstance(fact, PortFact | HealthFact))
    yield from (fact.default_port for fact in facts if isinstance(fact, FrameworkFact) and fact.listens)
    yield from (image.port for image in BACKING_IMAGES)
    for fact in facts:
        text = " ".join(fact.command or ()) if isinstance(fact, CommandFact) else ""
        text += (fact.value or "") if isinstance(fact, EnvFact) else ""
        yield from (int(number) for number in re.findall(r"[0-9]{1,5}", text))


@MANY
@given(EVIDENCE)
def test_any_evidence_makes_a_job_that_nomad_takes(evidence):
    spec = spec_of(evidence)
    if spec is not None:
        assert refusals(spec) == []


@MANY
@given(EVIDENCE)
def test_no_port_is_invented(evidence):
    spec = spec_of(evidence, cluster())
    known = set(known_ports(evidence))
    ports = [port for group in spec.groups if group.network for port in group.network.ports] if spec else []
    assert {number for port in ports for number in (port.static, port.to) if number is not None} <= known


@MANY
@given(EVIDENCE)
def test_no_image_is_invented_and_no_base_image_deployed(evidence):
    spec = spec_of(evidence)
    images = {fact.image for fact in (one.fact for one in evidence) if isinstance(fact, ImageFact)}
    for task in (task for group in spec.groups for task in group.tasks) if spec else ():
        image = task.config.image
        assert image in images or image == CHOWN_IMAGE or isinstance(image, VarRef)


@MANY
@given(EVIDENCE)
def test_no_privilege_is_carried_over(evidence):
    spec = spec_of(evidence)
    for task in (task for group in spec.groups for task in group.tasks) if spec else ():
        config = task.config
        assert [config.privileged, config.cap_add, config.extra_hosts, config.volumes] == [False, (), (), ()]
        assert all(mount.type == "tmpfs" for mount in config.mounts)


@MANY
@given(EVIDENCE)
def test_every_variable_that_is_used_is_declared_and_the_spec_survives_being_stored(evidence):
    spec = spec_of(evidence)
    if spec is None:
        return
    tasks = [task for group in spec.groups for task in group.tasks]
    used = {
        value.var for task in tasks for value in (task.config.image, *task.env.values()) if isinstance(value, VarRef)
    }
    assert used == {variable.name for variable in spec.missing_variables()}
    assert JobSpec.model_validate_json(spec.model_dump_json()) == spec


NAMED = st.sampled_from(["chown-data", "Büro", "日本", "a" * 70, "a" * 63 + "b"]) | st.text(min_size=1, max_size=8)


def of_one_unit(name, awaited):
    """A service that writes a volume and waits for the others to end, so that all come into one group."""
    facts = (
        ImageFact(image="acme/app:1"),
        VolumeFact(path="/data", source="data", type="named"),
        UserFact(user="1000", uid=1000),
        *(DependsOnFact(service=other, condition="service_completed_successfully") for other in awaited),
    )
    return say(f"compose:{name}", *facts)


@MANY
@given(st.lists(NAMED, min_size=1, max_size=5, unique=True))
def test_names_of_tasks_groups_and_services_stand_once(names):
    evidence = [item for at, name in enumerate(names) for item in of_one_unit(name, names[at + 1 :])]
    spec = spec_of(evidence)
    for group in spec.groups:
        assert repeated(task.name for task in group.tasks) == []
    assert repeated(group.name for group in spec.groups) == []
    assert repeated(service.name for group in spec.groups for service in group.services) == []


@MANY
@given(EVIDENCE)
def test_names_stand_once_whatever_the_evidence(evidence):
    spec = spec_of(evidence)
    for group in spec.groups if spec else ():
        assert repeated(task.name for task in group.tasks) == []


def repeated(names):
    return [name for name, count in Counter(names).items() if count > 1]


@pytest.mark.parametrize("prompt", ["", "as a batch job", "on every node", "every night at 3", "host networking"])
@pytest.mark.parametrize("evidence", [ONE_DOCKERFILE, SHOP, WEB_AND_WORKER])
def test_every_kind_of_job_is_one_that_nomad_takes(evidence, prompt):
    assert refusals(built(evidence, prompt)) == []
