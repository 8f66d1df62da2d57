"""What keeps named volumes follows from what the cluster offers."""

import pytest

from muster.core.gates.questions import ChoiceQuestion
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.facts import ImageFact, ResourcesFact, VolumeFact
from muster.nomad.domain.gaps import gap_questions, own_answers
from muster.nomad.domain.prompt.parse import parse_prompt
from nomad.domain.repositories import analysed, cluster, decided, say

DATA = VolumeFact(path="/data", source="pg", type="named")
READ = DATA.model_copy(update={"read_only": True})


def offering(**offered):
    return cluster().model_copy(update=offered)


def evidence(*facts):
    return say("compose:db", ImageFact(image="postgres:16"), *facts)


def asked(target, *facts) -> ChoiceQuestion:
    questions = gap_questions(analysed(evidence(*facts)), parse_prompt(""), target)
    (found,) = [one for one in questions if one.id == "db.storage"]
    assert isinstance(found, ChoiceQuestion)
    return found


def kind(target, *facts, answers=None):
    (group,) = build_spec(decided(evidence(*facts), "", answers), target).groups
    return {one.type for one in group.volumes}


def notes(target, *facts, answers=None):
    return [one for one in build_notes(decided(evidence(*facts), "", answers), target) if "volume" in one.lower()]


@pytest.mark.parametrize(
    ("target", "fact", "default", "reason"),
    [
        (None, DATA, "host", "a node has to offer it by that name"),
        (offering(ready_nodes=0), DATA, "host", "a node has to offer it by that name"),
        (offering(host_volumes=("pg",)), DATA, "host", "a ready node offers the host volume pg"),
        (offering(host_volumes=("pg",), csi_volumes=("pg",)), DATA, "host", "a ready node offers"),
        (offering(csi_volumes=("pg",)), DATA, "csi", "there is a CSI volume pg"),
        (offering(), DATA, "host", "no ready node offers the host volume pg, and there is no CSI volume of that id"),
        (offering(read_only_volumes=("pg",)), DATA, "host", "no ready node offers"),
        (offering(read_only_volumes=("pg",)), READ, "host", "a ready node offers"),
    ],
)
def test_the_default_and_its_reason_follow_from_what_the_cluster_offers(target, fact, default, reason):
    question = asked(target, fact)
    assert question.default == [default]
    assert reason in question.reason
    assert kind(target, fact) == {default}


def test_a_default_that_is_taken_is_built():
    target = offering(csi_volumes=("pg",))
    answers = own_answers([asked(target, DATA)], {"db.storage": ["csi"]})
    assert kind(target, DATA, answers=answers) == {"csi"}


def test_an_answer_beats_what_the_cluster_offers():
    assert kind(offering(csi_volumes=("pg",)), DATA, answers={"db.storage": ["host"]}) == {"host"}


def test_one_volume_that_is_missing_makes_it_host():
    target = offering(csi_volumes=("pg",))
    assert asked(target, DATA, VolumeFact(path="/b", source="b", type="named")).default == ["host"]


@pytest.mark.parametrize(
    ("target", "answer", "note"),
    [
        (None, "host", "db: a node must offer the volume pg for /data"),
        (offering(), "host", 'declare host_volume "pg" { path = "..." } in the client block of a node'),
        (offering(csi_plugins=("ebs",)), "csi", "there is no CSI volume pg for /data: create or register it (CSI plug"),
        (offering(csi_plugins=("ebs",)), "csi", "run: ebs)"),
        (offering(), "csi", "run: none)"),
    ],
)
def test_what_is_missing_is_told_with_what_to_declare(target, answer, note):
    (said,) = notes(target, DATA, answers={"db.storage": [answer]})
    assert note in said


@pytest.mark.parametrize("offered", [{"host_volumes": ("pg",)}, {"csi_volumes": ("pg",)}])
def test_nothing_is_told_of_what_is_there(offered):
    assert notes(offering(**offered), DATA) == []


def test_a_gpu_that_no_node_has_is_told():
    said = "db: it asks for a GPU, and no ready node offers nvidia/gpu: its device plugin finds them"
    assert said in build_notes(decided(evidence(ResourcesFact(gpus=1))), offering(devices=("intel/gpu/A",)))
    assert said not in build_notes(decided(evidence(ResourcesFact(gpus=1))), offering(devices=("nvidia/gpu/T4",)))
    assert said not in build_notes(decided(evidence(ResourcesFact(gpus=1))), None)
